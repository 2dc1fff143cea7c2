namespace Gateway.Requests;

/// <summary>Actions of requests as the log's administration entries name them; their target is the customer's mark.</summary>
internal static class RequestActs
{
    public const string Open = "request.open";

    /// <summary>Somebody read what a customer wrote.</summary>
    public const string Read = "request.read";

    public const string Extend = "request.extend";

    public const string Resolve = "request.resolve";

    /// <summary>An erasure that was begun could not go on, because a hold was placed meanwhile.</summary>
    public const string Reopen = "request.reopen";

    /// <summary>A partner acted upon a notice; its target is the partner.</summary>
    public const string Acknowledge = "notice.acknowledge";
}
