using System.Globalization;
using Gateway.Core.Telemetry;
using Grpc.Core;

namespace Gateway.Core.Tests.Telemetry;

public sealed class RpcStatusTests
{
    [Theory]
    [InlineData(StatusCode.OK, "OK", false)]
    [InlineData(StatusCode.Cancelled, "CANCELLED", false)]
    [InlineData(StatusCode.Unknown, "UNKNOWN", true)]
    [InlineData(StatusCode.InvalidArgument, "INVALID_ARGUMENT", false)]
    [InlineData(StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", true)]
    [InlineData(StatusCode.NotFound, "NOT_FOUND", false)]
    [InlineData(StatusCode.AlreadyExists, "ALREADY_EXISTS", false)]
    [InlineData(StatusCode.PermissionDenied, "PERMISSION_DENIED", false)]
    [InlineData(StatusCode.ResourceExhausted, "RESOURCE_EXHAUSTED", false)]
    [InlineData(StatusCode.FailedPrecondition, "FAILED_PRECONDITION", false)]
    [InlineData(StatusCode.Aborted, "ABORTED", false)]
    [InlineData(StatusCode.OutOfRange, "OUT_OF_RANGE", false)]
    [InlineData(StatusCode.Unimplemented, "UNIMPLEMENTED", true)]
    [InlineData(StatusCode.Internal, "INTERNAL", true)]
    [InlineData(StatusCode.Unavailable, "UNAVAILABLE", true)]
    [InlineData(StatusCode.DataLoss, "DATA_LOSS", true)]
    [InlineData(StatusCode.Unauthenticated, "UNAUTHENTICATED", false)]
    public void Status_EachOfThe17_HasItsNameAndOnlySixAreErrors(StatusCode status, string name, bool error)
    {
        RpcStatus.Name(status).ShouldBe(name);
        RpcStatus.IsError(status).ShouldBe(error);
    }

    [Fact]
    public void Status_NewCodeInTheLibrary_FailsHere() =>
        Enum.GetValues<StatusCode>().Select(s => ((int)s).ToString(CultureInfo.InvariantCulture)).ShouldBe(
            Enumerable.Range(0, 17).Select(i => i.ToString(CultureInfo.InvariantCulture)), ignoreOrder: true);

    [Fact]
    public void Status_OutsideTheCodes_IsOtherAndAnError()
    {
        RpcStatus.Name((StatusCode)99).ShouldBe("_OTHER");
        RpcStatus.IsError((StatusCode)99).ShouldBeTrue();
    }
}
