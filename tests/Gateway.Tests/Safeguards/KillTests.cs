using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Safeguards;

/// <summary>
/// The gateway's process is killed under load, again and again: what a client was given is in the log, and the log has no gap.
/// <c>GATEWAY_KILLS</c> says how often; 20 where it does not.
/// </summary>
public sealed partial class KillTests : IDisposable
{
    private static readonly int s_kills =
        int.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILLS") ?? "20", CultureInfo.InvariantCulture);

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Kill_UnderLoad_EveryAnswerThatAClientGotIsInTheLog()
    {
        foreach (var file in _settings.Contracts.GetFiles("*.yaml"))
        {
            var text = await File.ReadAllTextAsync(file.FullName, TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(file.FullName, CallsPerSecond().Replace(text, "calls_per_second: 100000"), TestContext.Current.CancellationToken);
        }

        var seed = Random.Shared.Next();
        TestContext.Current.SendDiagnosticMessage($"seed {seed}");
        var random = new Random(seed);
        var orders = ShopViews.OpenOrders(_settings, 20);
        var head = 0;
        var answers = 0;
        for (var kill = 0; kill < s_kills; kill++)
        {
            var got = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
            await using (var gateway = ServeProcess.Start(ServeProcess.Variables(_settings)))
            {
                await gateway.ListeningAsync();
                using var load = new Load(gateway, _settings, orders, got);
                await PartnerAsks.EventuallyAsync(() => Task.FromResult(got.Count >= 50));
                await Task.Delay(random.Next(100), TestContext.Current.CancellationToken);
                await gateway.KillAsync();
                await load.EndedAsync();
            }

            // Read as it was left; the next start must then come to terms with the same file.
            var entries = await LoggedEntries.ReadAsync(_settings.Log, head);
            got.Keys.Except(entries.Select(e => e.Id()), StringComparer.Ordinal).ShouldBeEmpty($"kill {kill + 1}, seed {seed}");
            entries.ShouldContain(e => e.Administration != null && e.Administration.Action == "start");
            head += entries.Count;
            answers += got.Count;
        }

        (await LoggedEntries.ReadAsync(_settings.Log)).Count.ShouldBe(head);
        answers.ShouldBeGreaterThanOrEqualTo(50 * s_kills);
        await using var last = ServeProcess.Start(ServeProcess.Variables(_settings));
        await last.ListeningAsync();
        using var channel = last.As(_settings, "northgate-warehouse");
        (await channel.GetShipment(orders[0])).Shipment.ShouldNotBeNull();
    }

    [GeneratedRegex(@"calls_per_second: \d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallsPerSecond();

    /// <summary>Every shape of call, from several connections, until the gateway is gone. Notes the receipt of each answer.</summary>
    private sealed class Load : IDisposable
    {
        private readonly List<GrpcChannel> _channels = [];
        private readonly List<Task> _running = [];
        private readonly ConcurrentDictionary<string, bool> _got;

        public Load(ServeProcess gateway, GatewaySettings settings, IReadOnlyList<string> orders, ConcurrentDictionary<string, bool> got)
        {
            _got = got;
            for (var connection = 0; connection < 2; connection++)
            {
                var shipments = new FulfilmentService.FulfilmentServiceClient(Open(gateway, settings, "northgate-warehouse"));
                for (var i = 0; i < 8; i++)
                {
                    var order = orders[(i * 2) + connection];
                    Run(async () => (await shipments.GetShipmentAsync(new GetShipmentRequest { OrderId = order })).Receipt);
                }

                Run(async () => (await shipments.ListShipmentsAsync(new ListShipmentsRequest { PageSize = 20 })).Receipt);
                Run(async () => await RefusedAsync(shipments));
            }

            var watcher = new FulfilmentService.FulfilmentServiceClient(Open(gateway, settings, "northgate-warehouse"));
            _running.Add(Task.Run(() => WatchAsync(watcher)));
            var charges = new PaymentService.PaymentServiceClient(Open(gateway, settings, "cedar-payments"));
            for (var i = 0; i < 4; i++)
            {
                Run(async () => (await charges.ListChargesAsync(
                    new ListChargesRequest { PageSize = 5 }, new Metadata { { "gateway-purpose", "essential.fraud_detection" } })).Receipt);
            }
        }

        public Task EndedAsync() => Task.WhenAll(_running).WaitAsync(PartnerAsks.Patience, TestContext.Current.CancellationToken);

        public void Dispose() => _channels.ForEach(c => c.Dispose());

        private GrpcChannel Open(ServeProcess gateway, GatewaySettings settings, string partner)
        {
            var channel = gateway.As(settings, partner);
            _channels.Add(channel);
            return channel;
        }

        private void Run(Func<Task<Protos.Log.V1.Receipt?>> call) => _running.Add(Task.Run(async () =>
        {
            try
            {
                while (true)
                {
                    if (await call() is { } receipt)
                    {
                        _got[receipt.Id] = true;
                    }
                }
            }
            catch (RpcException)
            {
                // The gateway is gone.
            }
        }));

        // A refusal of its own entry is durable before it is told, as an answer is; one that is coalesced is not, and is not asked for here.
        private static async Task<Protos.Log.V1.Receipt?> RefusedAsync(FulfilmentService.FulfilmentServiceClient client)
        {
            await Task.Delay(100);
            try
            {
                return (await client.GetShipmentAsync(new GetShipmentRequest { OrderId = "A-0" })).Receipt;
            }
            catch (RpcException e) when (e.Reason() == "RECORD_NOT_AVAILABLE")
            {
                return new Protos.Log.V1.Receipt { Id = e.Receipt()! };
            }
        }

        private async Task WatchAsync(FulfilmentService.FulfilmentServiceClient client)
        {
            try
            {
                using var stream = client.WatchShipments(new WatchShipmentsRequest());
                while (await stream.ResponseStream.MoveNext(CancellationToken.None))
                {
                    _got[stream.ResponseStream.Current.Receipt.Id] = true;
                }
            }
            catch (RpcException)
            {
                // The gateway is gone.
            }
        }
    }
}
