namespace Gateway.Core.Exchange;

/// <summary>Why a call was not answered with data: the closed set that partners can meet. <see cref="Refusals"/> maps each.</summary>
public enum RefusalReason
{
    NoContract,
    AuthorityMismatch,
    KeyNotPinned,
    KeyRevoked,
    CertificateExpired,
    NetworkNotAllowed,
    PartnerSuspended,
    AgreementNotInForce,
    MethodNotGranted,
    SubjectNotAsserted,
    PurposeNotGranted,
    PurposeRequired,
    InvalidRequest,
    RecordNotAvailable,
    RateExceeded,
    SubjectQuotaExceeded,
    LogUnavailable,
    SourceUnavailable,
    Deadline,
    Cancelled,
    UnknownMethod,
    InternalFault,
}

/// <summary>A refusal: a value, not an exception. Holds nothing that a partner sent and nothing about others.</summary>
/// <param name="Reason">Which.</param>
/// <param name="RetryAfter">When a retry can succeed; null where none will, or nobody knows.</param>
/// <param name="Field">The request's field that is wrong, a name from our own protos; null otherwise.</param>
/// <param name="Detail">What is wrong with it, from a fixed text of ours; null otherwise.</param>
public sealed record Refusal(RefusalReason Reason, TimeSpan? RetryAfter = null, string? Field = null, string? Detail = null);
