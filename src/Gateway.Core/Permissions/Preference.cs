namespace Gateway.Core.Permissions;

/// <summary>What one subject said about one topic, last.</summary>
/// <param name="SubjectId">The shop's id of the person.</param>
/// <param name="Topic">A list of the policy, or a purpose.</param>
/// <param name="State">What was said.</param>
/// <param name="ChangedAt">When, UTC.</param>
public sealed record Preference(string SubjectId, string Topic, PreferenceState State, DateTimeOffset ChangedAt)
{
    /// <summary>The topic of a preference that cannot be read: it stands for every one of the subject's.</summary>
    public const string EveryTopic = "*";

    /// <summary>What stands for a preference that cannot be read: opted out, and never out of date.</summary>
    public static Preference Unreadable(string subjectId, string topic) => new(subjectId, topic, PreferenceState.OptedOut, DateTimeOffset.MaxValue);
}

/// <summary>What a subject said about a topic. The numbers are part of what a permission's pseudonym is made from: they never change.</summary>
public enum PreferenceState
{
    /// <summary>Asked for it: consent, GDPR Art. 4(11). In the view: <c>requested</c>.</summary>
    Requested = 1,

    /// <summary>Bought something similar and did not object: ePrivacy Directive Art. 13(2), PECR reg. 22(3). In the view: <c>soft_opt_in</c>.</summary>
    SoftOptIn = 2,

    /// <summary>Does not want it. In the view: <c>opted_out</c>.</summary>
    OptedOut = 3,
}
