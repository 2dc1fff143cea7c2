using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Watch.V1;
using Gateway.Tests.Canary;
using Gateway.Tests.Running;
using Google.Rpc;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Watching;

/// <summary>Streams over the real shop, the real log and its index.</summary>
public sealed class WatchOverTheWireTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    [Fact]
    public async Task Watch_ChangesAndDepartures_ArriveWithTheirReceipts()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        using var stream = Watch(channel, "");
        var open = await OpenAsync(stream, DemoShop.SampleOrder.OrderId);

        Execute("UPDATE orders SET recipient_name = 'Changed Name', changed_at = $now WHERE order_id = $order");
        (await NextAsync(stream)).Shipment.RecipientName.ShouldBe("Changed Name");
        Execute("UPDATE orders SET finished_at = $now, changed_at = $now, status = 'shipped' WHERE order_id = $order");
        var gone = await NextAsync(stream);

        gone.Tombstone.ShouldBe(new Tombstone { Key = DemoShop.SampleOrder.OrderId, Reason = TombstoneReason.Closed });
        open.ShouldAllBe(m => m.Receipt.Id.Length > 0 && m.ResumeToken.Length > 0);
        var told = (await EntriesAsync(gateway)).ToDictionary(e => new ReceiptId(new Guid(e.Receipt.Span, bigEndian: true)).ToString(), StringComparer.Ordinal);
        open.Append(gone).ShouldAllBe(m => told.ContainsKey(m.Receipt.Id));
    }

    [Fact]
    public async Task Resume_AfterARestart_TellsWhatTheLogSaysWasGiven()
    {
        string token;
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            using var channel = gateway.As("northgate-warehouse");
            using var stream = Watch(channel, "");
            token = (await OpenAsync(stream, DemoShop.SampleOrder.OrderId))[^1].ResumeToken;
        }

        Execute("UPDATE orders SET finished_at = $now, changed_at = $now, status = 'shipped' WHERE order_id = $order");
        await using var again = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var second = again.As("northgate-warehouse");
        using var resumed = Watch(second, token);

        WatchShipmentsResponse message;
        do
        {
            message = await NextAsync(resumed);
        }
        while (message.Tombstone is null);

        message.Tombstone.Key.ShouldBe(DemoShop.SampleOrder.OrderId);
    }

    [Fact(Timeout = 60_000)]
    public async Task Deadline_OfTheCaller_EndsTheStreamAndIsRecorded()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var identity = X509Certificate2.CreateFromPemFile(
            Path.Combine(_settings.Certificates.FullName, "northgate-warehouse.pem"), Path.Combine(_settings.Certificates.FullName, "northgate-warehouse.key"));
        // By hand: a client with a deadline of its own would let go by itself.
        using var partner = new RawPartner(gateway.Partners, identity, "localhost");

        var answer = await partner.SendAsync(
            HttpMethod.Post, "/gateway.fulfilment.v1.FulfilmentService/WatchShipments", "application/grpc", RawPartner.Frame([]),
            [("te", "trailers"), ("grpc-timeout", "2S")], TestContext.Current.CancellationToken);

        answer.ShouldContain("grpc-status: 4");
        await EventuallyRecordedAsync(gateway, "DEADLINE");
    }

    [Fact(Timeout = 60_000)]
    public async Task Caller_WhoLeavesBeforeAnything_IsRecordedAsCancelled()
    {
        Execute("DELETE FROM orders");
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        using (var stream = Watch(channel, ""))
        {
            var nothing = stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            await Task.Delay(500, TestContext.Current.CancellationToken);
            nothing.IsCompleted.ShouldBeFalse();
        }

        await EventuallyRecordedAsync(gateway, "CANCELLED");
    }

    [Fact]
    public async Task Token_ThatIsNone_IsInvalid()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        using var stream = Watch(channel, "made up");

        var refused = await Should.ThrowAsync<RpcException>(() => NextAsync(stream));

        refused.GetRpcStatus()!.GetDetail<ErrorInfo>()!.Reason.ShouldBe("INVALID_REQUEST");
        refused.GetRpcStatus()!.GetDetail<BadRequest>()!.FieldViolations.Single().Field.ShouldBe("resume_token");
    }

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    private static AsyncServerStreamingCall<WatchShipmentsResponse> Watch(Grpc.Net.Client.GrpcChannel channel, string token) =>
        new FulfilmentService.FulfilmentServiceClient(channel).WatchShipments(
            new WatchShipmentsRequest { ResumeToken = token }, deadline: In(seconds: 60), cancellationToken: TestContext.Current.CancellationToken);

    private static DateTime In(int seconds) => TimeProvider.System.GetUtcNow().AddSeconds(seconds).UtcDateTime;

    private static async Task<WatchShipmentsResponse> NextAsync(AsyncServerStreamingCall<WatchShipmentsResponse> stream)
    {
        (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();
        return stream.ResponseStream.Current;
    }

    // What is open comes in order of change: read on until the order that this test changes, and whatever shares its run.
    private async Task<List<WatchShipmentsResponse>> OpenAsync(AsyncServerStreamingCall<WatchShipmentsResponse> stream, string last)
    {
        using var shop = DemoShop.Open(_settings.Data.Shop);
        using var count = shop.CreateCommand();
        count.CommandText = "SELECT count(*) FROM sharing_shipments WHERE recipient = 'northgate-warehouse' AND closed_at IS NULL AND opened_at > $opened";
        count.Parameters.AddWithValue("$opened", Text(TimeProvider.System.GetUtcNow().AddDays(-90))); // max_open of its contract
        var open = (long)count.ExecuteScalar()!;
        var got = new List<WatchShipmentsResponse>();
        while (got.Count < open)
        {
            got.Add(await NextAsync(stream));
        }

        got.ShouldContain(m => m.Shipment.OrderId == last);
        return got;
    }

    private static async Task<List<Entry>> EntriesAsync(RunningGateway gateway)
    {
        var leaves = await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(0, 1000, TestContext.Current.CancellationToken);
        return [.. leaves.Select(l => Entry.Parser.ParseFrom(l.Bytes))];
    }

    private static async Task EventuallyRecordedAsync(RunningGateway gateway, string refusal)
    {
        while (!(await EntriesAsync(gateway)).Exists(e => e.Refusal == refusal))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private void Execute(string sql)
    {
        using var shop = DemoShop.Open(_settings.Data.Shop);
        using var command = shop.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$now", Text(TimeProvider.System.GetUtcNow()));
        command.Parameters.AddWithValue("$order", DemoShop.SampleOrder.OrderId);
        command.ExecuteNonQuery();
    }
}
