using Gateway.Core.Annotations;
using Gateway.Demo.Shop;
using Gateway.Tests.Running;

namespace Gateway.Tests.Wire;

public sealed class ResumeTests
{
    [Fact]
    public async Task Watch_ResumedAfterARowDatedAhead_StillGivesWhatChangedMeanwhile()
    {
        await using var gateway = await RunningGateway.StartAsync();
        using var calls = new WireCalls(gateway, "northgate-warehouse");
        var method = OracleGateway.Methods.Single(m => m.Name == "WatchShipments");
        Change("A-1001", TimeSpan.FromDays(1));
        var oracle = new OracleGateway(gateway);
        var open = oracle.Available(method, oracle.Grants(method, "northgate-warehouse").Single()).Count(r => r.ClosedAt is null);

        var first = await calls.StreamAsync(method, WireRequest.Watch(), null, "order_id", open);
        var token = WireReply.Read(method, first.Messages[^1]).Token;
        Change("A-1002", TimeSpan.Zero);
        var resumed = await calls.StreamAsync(method, WireRequest.Watch(token), null, "order_id", enough: 2);

        Key(method, first.Messages[^1]).ShouldBe("order_id = A-1001");
        resumed.Messages.Select(m => Key(method, m)).ShouldBe(["order_id = A-1002", "order_id = A-1001"]);

        void Change(string order, TimeSpan ahead)
        {
            using var connection = DemoShop.Open(gateway.Settings.Data.Shop);
            using var command = connection.CreateCommand();
            command.CommandText = "UPDATE orders SET changed_at = $at WHERE order_id = $order";
            command.Parameters.AddWithValue("$at", ShopWriter.Time(TimeProvider.System.GetUtcNow() + ahead));
            command.Parameters.AddWithValue("$order", order);
            command.ExecuteNonQuery().ShouldBe(1);
        }
    }

    private static string Key(ServiceMethod method, byte[] message) => WireMessage.Lines(
        method.Record!.Descriptor, WireReply.Read(method, message).Records.Single(), new HashSet<string>(StringComparer.Ordinal)).Single();
}
