using System.Collections.Concurrent;
using System.Diagnostics;
using Gateway.Configuration;
using Gateway.Core.Exchange;
using Gateway.Demo.Shop;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Safeguards;

/// <summary>A partner that is refused and goes on asking, as fast as it can: the log and the others must not feel it.</summary>
public sealed class RefusalLoopTests : IDisposable
{
    private const int Connections = 4;
    private const int CallsInFlight = 16;

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task RefusalLoop_AtFullSpeed_LeavesOthersAloneAndTheLogWithinItsBudget()
    {
        using var alarms = new RaisedAlarms();
        using var logs = new CapturedLogs();
        var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System, s => s.AddLogging(l => l.AddProvider(logs)));
        var loop = new Loop();
        var clock = Stopwatch.StartNew();
        await using (gateway)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var channels = Enumerable.Range(0, Connections).Select(_ => gateway.As("southgate-warehouse")).ToList();
            var asking = channels.SelectMany(c => Enumerable.Range(0, CallsInFlight).Select(_ => Task.Run(() => loop.RunAsync(c, stop.Token)))).ToArray();

            // Until a connection was cut for it, and a while longer on the connections that follow.
            await PartnerAsks.EventuallyAsync(() => Task.FromResult(logs.Entries.Any(e => e.Id.Name == "RefusalFlood")));
            using (var other = gateway.As("northgate-warehouse"))
            {
                for (var i = 0; i < 60; i++)
                {
                    (await other.GetShipment(DemoShop.SampleOrder.OrderId)).Shipment.ShouldNotBeNull();
                    await Task.Delay(25, TestContext.Current.CancellationToken);
                }
            }

            await stop.CancelAsync();
            await Task.WhenAll(asking);
            channels.ForEach(c => c.Dispose());
        }

        var seconds = clock.Elapsed.TotalSeconds;
        var entries = (await LoggedEntries.ReadAsync(_settings.Log)).Where(e => e.Caller?.Partner == "southgate-warehouse").ToList();
        entries.ShouldAllBe(e => e.Refusal == "METHOD_NOT_GRANTED" || e.Refusal == "CANCELLED");

        // A second has one flush, of one entry for each reason; the first and the last second are partly in.
        entries.Count.ShouldBeLessThanOrEqualTo((int)((seconds + 2) * (RefusalLog.PerPartner + 2)));
        entries.ShouldContain(e => e.Count > 1);
        loop.Receipts.Keys.ShouldBeSubsetOf(entries.Select(e => e.Id()), StringComparer.Ordinal);

        // Every answer that came back is counted. A call whose connection was cut may have been counted and not have come back.
        TestContext.Current.TestOutputHelper?.WriteLine($"{loop.Refused} refused, {loop.Lost} lost, {entries.Count} entries in {seconds:F1} s, {logs.Entries.Count(e => e.Id.Name == "RefusalFlood")} connections cut");
        var counted = entries.Sum(e => (long)Math.Max(1, e.Count));
        loop.Refused.ShouldBeGreaterThan(RefusalLog.CutAfter);
        counted.ShouldBeGreaterThanOrEqualTo(loop.Refused);
        counted.ShouldBeLessThanOrEqualTo(loop.Refused + loop.Lost);
        logs.Entries.ShouldContain(e => e.Id.Name == "ConnectionCut");
        alarms.Has("refusal_flood").ShouldBeTrue();
    }

    private sealed class Loop
    {
        private long _refused;
        private long _lost;

        /// <summary>Refusals that came back.</summary>
        public long Refused => Interlocked.Read(ref _refused);

        /// <summary>Calls that ended without the gateway's word.</summary>
        public long Lost => Interlocked.Read(ref _lost);

        /// <summary>Their receipts.</summary>
        public ConcurrentDictionary<string, bool> Receipts { get; } = new(StringComparer.Ordinal);

        public async Task RunAsync(GrpcChannel channel, CancellationToken stop)
        {
            var client = new FulfilmentService.FulfilmentServiceClient(channel);
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await client.BatchGetShipmentsAsync(new BatchGetShipmentsRequest { OrderIds = { "A-0" } }, cancellationToken: CancellationToken.None);
                    Assert.Fail("a method that is not granted was answered");
                }
                catch (RpcException e) when (e.Reason() == "METHOD_NOT_GRANTED")
                {
                    Interlocked.Increment(ref _refused);
                    Receipts.TryAdd(e.Receipt()!, value: true);
                }
                catch (RpcException)
                {
                    Interlocked.Increment(ref _lost);
                }
            }
        }
    }
}
