using System.Collections.Frozen;
using Gateway.Protos.Log.V1;
using Grpc.Core;

namespace Gateway.Core.Exchange;

/// <summary>What each refusal is to a partner: its name on the wire, its status, one plain sentence. The one file that maps them.</summary>
public static class Refusals
{
    /// <summary>One row of the table.</summary>
    /// <param name="Name">The <c>reason</c> of <c>google.rpc.ErrorInfo</c>.</param>
    /// <param name="Status">The gRPC status.</param>
    /// <param name="Outcome">Whether a rule said no or a part was broken.</param>
    /// <param name="Sentence">What happened and what to do next, for the partner's developer.</param>
    public sealed record Row(string Name, StatusCode Status, Outcome Outcome, string Sentence);

    private static readonly FrozenDictionary<RefusalReason, Row> s_rows = new Dictionary<RefusalReason, Row>
    {
        [RefusalReason.NoContract] = Refused("NO_CONTRACT", StatusCode.Unauthenticated,
            "No contract names this certificate's SPIFFE ID. Ask the shop which identity your contract has."),
        [RefusalReason.AuthorityMismatch] = Refused("AUTHORITY_MISMATCH", StatusCode.Unauthenticated,
            "This certificate was issued by another authority than your contract names. Ask the shop for a certificate from that one."),
        [RefusalReason.KeyNotPinned] = Refused("KEY_NOT_PINNED", StatusCode.Unauthenticated,
            "Your contract pins its keys, and this certificate's key is not among them. Use a pinned key or have this one added."),
        [RefusalReason.KeyRevoked] = Refused("KEY_REVOKED", StatusCode.Unauthenticated,
            "The shop has revoked this certificate's key. Use another key; ask the shop's security contact why."),
        [RefusalReason.CertificateExpired] = Refused("CERTIFICATE_EXPIRED", StatusCode.Unauthenticated,
            "This connection's certificate is outside its dates. Reconnect with a current one."),
        [RefusalReason.NetworkNotAllowed] = Refused("NETWORK_NOT_ALLOWED", StatusCode.Unauthenticated,
            "Your contract lists the networks you may call from, and this address is in none of them."),
        [RefusalReason.PartnerSuspended] = Refused("PARTNER_SUSPENDED", StatusCode.PermissionDenied,
            "The shop has suspended your access. Ask its security contact."),
        [RefusalReason.AgreementNotInForce] = Refused("AGREEMENT_NOT_IN_FORCE", StatusCode.PermissionDenied,
            "Your agreement has not begun or has ended."),
        [RefusalReason.MethodNotGranted] = Refused("METHOD_NOT_GRANTED", StatusCode.PermissionDenied,
            "Your contract does not grant this method. ContractService/DescribeContract lists what it grants."),
        [RefusalReason.SubjectNotAsserted] = Refused("SUBJECT_NOT_ASSERTED", StatusCode.Unauthenticated,
            "The metadata gateway-subject-assertion holds no valid assertion for one customer."),
        [RefusalReason.PurposeNotGranted] = Refused("PURPOSE_NOT_GRANTED", StatusCode.PermissionDenied,
            "Your contract does not grant this method for the purpose in the metadata gateway-purpose."),
        [RefusalReason.PurposeRequired] = Refused("PURPOSE_REQUIRED", StatusCode.InvalidArgument,
            "Your contract grants this method for several purposes. Name one in the metadata gateway-purpose."),
        [RefusalReason.InvalidRequest] = Refused("INVALID_REQUEST", StatusCode.InvalidArgument,
            "The request is not well-formed. The details name the field."),
        [RefusalReason.RecordNotAvailable] = Refused("RECORD_NOT_AVAILABLE", StatusCode.NotFound,
            "No such record is available to you."),
        [RefusalReason.RateExceeded] = Refused("RATE_EXCEEDED", StatusCode.ResourceExhausted,
            "More calls a second than your contract allows. Retry after the time in the details."),
        [RefusalReason.SubjectQuotaExceeded] = Refused("SUBJECT_QUOTA_EXCEEDED", StatusCode.ResourceExhausted,
            "This would reach more distinct persons today than your contract allows. The day ends at 00:00 UTC."),
        [RefusalReason.LogUnavailable] = Failed("LOG_UNAVAILABLE", StatusCode.Unavailable,
            "The call could not be recorded, so it was not answered. Retry later."),
        [RefusalReason.SourceUnavailable] = Failed("SOURCE_UNAVAILABLE", StatusCode.Unavailable,
            "The shop's database did not answer. Retry later."),
        [RefusalReason.Deadline] = Failed("DEADLINE", StatusCode.DeadlineExceeded,
            "The deadline passed before the answer was ready."),
        [RefusalReason.Cancelled] = Refused("CANCELLED", StatusCode.Cancelled,
            "The call was cancelled."),
        [RefusalReason.UnknownMethod] = Refused("UNKNOWN_METHOD", StatusCode.Unimplemented,
            "There is no such method here."),
        [RefusalReason.InternalFault] = Failed("INTERNAL_FAULT", StatusCode.Internal,
            "Something is broken on our side. Nothing was released; the receipt id finds the cause in our log."),
    }.ToFrozenDictionary();

    /// <summary>The row of a reason.</summary>
    public static Row Of(RefusalReason reason) => s_rows[reason];

    /// <summary>Every reason that has a row.</summary>
    public static IReadOnlyCollection<RefusalReason> Known => s_rows.Keys;

    private static Row Refused(string name, StatusCode status, string sentence) => new(name, status, Outcome.Refused, sentence);

    private static Row Failed(string name, StatusCode status, string sentence) => new(name, status, Outcome.Failed, sentence);
}
