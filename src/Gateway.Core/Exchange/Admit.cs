namespace Gateway.Core.Exchange;

/// <summary>A call within its grant's calls a second. Only <see cref="Admit"/> makes one.</summary>
public sealed class AdmittedCall
{
    private AdmittedCall(AuthorizedCall call) => Authorized = call;

    /// <summary>The call.</summary>
    public AuthorizedCall Authorized { get; }

    /// <summary>Takes one of the grant's calls, or tells when the next is free.</summary>
    public static Outcome<AdmittedCall> Admit(AuthorizedCall call) =>
        call.Grant.Rate.TryTake(out var retryAfter)
            ? new AdmittedCall(call)
            : new Refusal(RefusalReason.RateExceeded, RetryAfter: retryAfter);

    /// <summary>The next run of a stream that was admitted when it began: newly authorized, but not another call.</summary>
    internal static AdmittedCall Continue(AdmittedCall _, AuthorizedCall call) => new(call);
}
