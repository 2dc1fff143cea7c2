namespace Gateway.Stores.Sqlite.Obligations;

/// <summary>Actions that the tally follows, as the log's administration entries name them; their target is the partner.</summary>
public static class ObligationActs
{
    /// <summary>A partner deleted or returned what <c>deletion</c> names.</summary>
    public const string Confirm = "deletion.confirm";

    /// <summary>A partner's agreement ended: its checklist begins.</summary>
    public const string Ended = "agreement.ended";
}
