namespace Gateway.Legal;

/// <summary>Why an act of a case did not go through.</summary>
internal enum CaseFailure
{
    /// <summary>There is no such case.</summary>
    UnknownCase,

    /// <summary>A rule of the case says no.</summary>
    Refused,

    /// <summary>A store, the log or the source is unavailable; nothing is in force and nothing was released.</summary>
    NothingDone,
}

/// <summary>An act of a case did not go through. The message is for staff: what happened, why, what to do next; nothing of the case itself.</summary>
internal sealed class CaseException(CaseFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public CaseFailure Failure { get; } = failure;
}
