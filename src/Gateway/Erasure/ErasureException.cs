namespace Gateway.Erasure;

/// <summary>Why an act of erasure did not go through.</summary>
internal enum ErasureFailure
{
    /// <summary>There is no key of this person.</summary>
    UnknownSubject,

    /// <summary>A hold stands.</summary>
    Held,

    /// <summary>A store is unavailable, and nothing was changed.</summary>
    NothingDone,

    /// <summary>It is recorded, and so will be done; it is not done yet.</summary>
    NotFinished,
}

/// <summary>An act of erasure did not go through. The message is for staff: what happened, why, what to do next; never the person's id.</summary>
internal sealed class ErasureException(ErasureFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErasureFailure Failure { get; } = failure;
}
