namespace Gateway.Erasure;

/// <summary>Actions of erasure as the log's administration entries name them; their target is the subject's mark, or <see cref="Unknown"/>.</summary>
internal static class ErasureActs
{
    public const string Forget = "subject.forget";

    /// <summary>A forget was asked for while a hold stood.</summary>
    public const string ForgetRefused = "subject.forget.refused";

    /// <summary>Forgotten keys had come back, with a backup, and were destroyed again.</summary>
    public const string ForgetReplayed = "subject.forget.replay";

    public const string Hold = "subject.hold";

    public const string Release = "subject.release";

    /// <summary>Somebody looked to whom a subject's data went.</summary>
    public const string Recipients = "subject.recipients";

    /// <summary>The target where there is no key of the person named.</summary>
    public const string Unknown = "unknown";
}
