namespace Gateway.Core.Legal;

/// <summary>
/// The limits of a case. Constants: no setting makes them wider. Stricter ones refuse acts that are kept already: the store then needs a
/// new version of its acts.
/// </summary>
public static class CaseRules
{
    /// <summary>Different people who must approve.</summary>
    public const int Approvals = 2;

    /// <summary>Different people who must approve where it is urgent; a second one reviews.</summary>
    public const int UrgentApprovals = 1;

    /// <summary>Persons that a case can name.</summary>
    public const int MaxSubjects = 1000;

    /// <summary>Records that a release can hold: more is several cases.</summary>
    public const int MaxRecords = 10_000;

    /// <summary>A case expires at most this long after it was opened.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromDays(90);

    /// <summary>The notice to the subjects is delayed at most this long from the day it is asked for; each extension likewise.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromDays(90);

    /// <summary>An urgent case must be reviewed within this time of its approval.</summary>
    public static readonly TimeSpan ReviewWithin = TimeSpan.FromHours(24);
}
