using System.Collections.Frozen;
using Gateway.Core.Exchange;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Status = Google.Rpc.Status;

namespace Gateway.Calls;

/// <summary>A refusal as partners see it: gRPC status, <c>google.rpc.ErrorInfo</c>, the receipt trailer. Nothing about others, nothing they sent.</summary>
internal static class RefusalStatus
{
    /// <summary>The domain of every ErrorInfo.</summary>
    public const string Domain = "gateway";

    private const string DetailsTrailer = "grpc-status-details-bin";

    // A refusal without particulars is the same bytes each time.
    private static readonly FrozenDictionary<RefusalReason, byte[]> s_plain =
        Refusals.Known.ToFrozenDictionary(r => r, r => Details(new Refusal(r)).ToByteArray());

    /// <summary>As the exception that gRPC turns into trailers.</summary>
    public static RpcException Exception(Refusal refusal, OpenCall call)
    {
        var row = Refusals.Of(refusal.Reason);
        var trailers = new Metadata { { DetailsTrailer, Bytes(refusal) } };
        if (call.Recorded)
        {
            trailers.Add(CallMetadata.Receipt, call.Receipt.ToString());
        }

        return new RpcException(new Grpc.Core.Status(row.Status, row.Sentence), trailers);
    }

    /// <summary>As a trailers-only answer, where gRPC itself is not reached. Must be called before the response has started.</summary>
    public static void Write(HttpContext context, Refusal refusal, OpenCall call)
    {
        var row = Refusals.Of(refusal.Reason);
        var response = context.Response;
        response.Clear();
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers["grpc-status"] = ((int)row.Status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(row.Sentence);
        response.Headers[DetailsTrailer] = Convert.ToBase64String(Bytes(refusal)).TrimEnd('=');
        if (call.Recorded)
        {
            response.Headers[CallMetadata.Receipt] = call.Receipt.ToString();
        }
    }

    private static byte[] Bytes(Refusal refusal) =>
        refusal is { RetryAfter: null, Field: null } ? s_plain[refusal.Reason] : Details(refusal).ToByteArray();

    private static Status Details(Refusal refusal)
    {
        var row = Refusals.Of(refusal.Reason);
        var status = new Status { Code = (int)row.Status, Message = row.Sentence };
        status.Details.Add(Any.Pack(new ErrorInfo { Reason = row.Name, Domain = Domain }));
        if (refusal.RetryAfter is { } after)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(after) }));
        }

        if (refusal.Field is { } field)
        {
            var violation = new BadRequest.Types.FieldViolation { Field = field, Description = refusal.Detail ?? "" };
            status.Details.Add(Any.Pack(new BadRequest { FieldViolations = { violation } }));
        }

        if (refusal.Reason == RefusalReason.SubjectQuotaExceeded)
        {
            var violation = new QuotaFailure.Types.Violation { Subject = "subjects_per_day", Description = "Distinct persons a UTC day, as your contract says." };
            status.Details.Add(Any.Pack(new QuotaFailure { Violations = { violation } }));
        }

        return status;
    }
}
