using Gateway.Demo.Shop;
using Gateway.Protos.Fulfilment.V1;
using Google.Rpc;
using Grpc.Core;

namespace Gateway.Tests.Running;

public sealed class FirstSliceTests
{
    [Fact]
    public async Task GetShipment_Granted_GivesTheContractsFieldsAndAReceiptThatIsInTheLog()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        var client = new FulfilmentService.FulfilmentServiceClient(channel);

        var answer = await client.GetShipmentAsync(
            new GetShipmentRequest { OrderId = DemoShop.SampleOrder.OrderId }, cancellationToken: TestContext.Current.CancellationToken);

        answer.Shipment.OrderId.ShouldBe(DemoShop.SampleOrder.OrderId);
        answer.Shipment.RecipientName.ShouldNotBeEmpty();
        answer.Shipment.GiftMessage.ShouldBeEmpty();
        answer.Receipt.Id.ShouldNotBeEmpty();
        answer.Receipt.Scope.Withheld.ShouldContain(w => w.Path == "gift_message");
    }

    [Fact]
    public async Task GetShipment_UnknownOrder_IsRefusedWithReasonAndReceipt()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        var client = new FulfilmentService.FulfilmentServiceClient(channel);

        var refused = await Should.ThrowAsync<RpcException>(async () => await client.GetShipmentAsync(
            new GetShipmentRequest { OrderId = "A-0" }, cancellationToken: TestContext.Current.CancellationToken));

        refused.StatusCode.ShouldBe(StatusCode.NotFound);
        refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("RECORD_NOT_AVAILABLE");
        refused.Trailers.GetValue("gateway-receipt").ShouldNotBeNull();
    }
}
