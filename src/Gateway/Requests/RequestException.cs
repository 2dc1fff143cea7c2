namespace Gateway.Requests;

/// <summary>Why an act on a request did not go through.</summary>
internal enum RequestFailure
{
    /// <summary>What is asked for is not well-formed.</summary>
    Invalid,

    /// <summary>The customer has as many open requests as one may have.</summary>
    TooMany,

    /// <summary>There is no such request.</summary>
    Unknown,

    /// <summary>It has ended, its time for this is over, or a hold stands.</summary>
    NotNow,

    /// <summary>A store, the log or the source is unavailable, and nothing was changed.</summary>
    Unavailable,
}

/// <summary>
/// An act on a request did not go through. The message is for staff: what happened, why, what to do next; never the customer's id or words.
/// </summary>
internal sealed class RequestException(RequestFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public RequestFailure Failure { get; } = failure;

    /// <summary>The request's field that is wrong: <c>fields</c>; null otherwise.</summary>
    public string? Field { get; init; }
}
