using Gateway.Protos.Fulfilment.V1;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Running;

/// <summary>Calls as tests make them: an answer, or the refusal as the partner reads it.</summary>
internal static class PartnerAsks
{
    /// <summary>How long any call of a test may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static AsyncUnaryCall<GetShipmentResponse> GetShipment(this GrpcChannel channel, string order) =>
        new FulfilmentService.FulfilmentServiceClient(channel).GetShipmentAsync(
            new GetShipmentRequest { OrderId = order }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Patience,
            cancellationToken: TestContext.Current.CancellationToken);

    public static AsyncServerStreamingCall<WatchShipmentsResponse> WatchShipments(this GrpcChannel channel) =>
        new FulfilmentService.FulfilmentServiceClient(channel).WatchShipments(
            new WatchShipmentsRequest(), cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Awaits a call that must be refused: no data, this reason.</summary>
    public static async Task<RpcException> ShouldBeRefusedAsync<T>(this AsyncUnaryCall<T> call, string reason)
    {
        var refused = await Should.ThrowAsync<RpcException>(async () => await call);
        refused.Reason().ShouldBe(reason, refused.Status.ToString());
        refused.Status.Detail.ShouldNotBeEmpty();
        return refused;
    }

    /// <summary>The reason of the refusal; null where the failure is none of the gateway's words.</summary>
    public static string? Reason(this RpcException refused) => refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason;

    public static string? Receipt(this RpcException refused) => refused.Trailers.GetValue("gateway-receipt");

    /// <summary>Asks again and again until it is so.</summary>
    public static async Task EventuallyAsync(Func<Task<bool>> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!await isSo())
        {
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Null for an answer, else the reason of its refusal.</summary>
    public static async Task<string?> ReasonAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
            return null;
        }
        catch (RpcException e)
        {
            return e.Reason() ?? e.Status.ToString();
        }
    }
}
