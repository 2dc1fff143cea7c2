using Grpc.Core;

namespace Gateway.Core.Telemetry;

/// <summary>gRPC statuses as OpenTelemetry tells them.</summary>
public static class RpcStatus
{
    private static readonly string[] s_names =
    [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// <summary>The status's name as the gRPC specification writes it; <c>_OTHER</c> outside its 17 codes.</summary>
    public static string Name(StatusCode status) => (uint)status < (uint)s_names.Length ? s_names[(int)status] : Attributes.Other;

    /// <summary>
    /// Whether a server's span counts as an error. Per the RPC conventions a denial does not: who looks for refusals filters on
    /// <see cref="Attributes.Decision"/>, not on errors.
    /// </summary>
    public static bool IsError(StatusCode status) => status switch
    {
        StatusCode.OK or StatusCode.Cancelled or StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists
            or StatusCode.PermissionDenied or StatusCode.ResourceExhausted or StatusCode.FailedPrecondition or StatusCode.Aborted
            or StatusCode.OutOfRange or StatusCode.Unauthenticated => false,
        _ => true,
    };
}
