using System.Collections.Concurrent;
using System.Globalization;
using Gateway.Configuration;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Shipping.V1;
using Gateway.Stores.Tests;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Gateway.Tests.Safeguards;
using Grpc.Core;

namespace Gateway.Tests.Faults;

/// <summary>A sync of a gateway's log fails under load: no more data, NOT_SERVING, the process ends by itself, the next start is clean.</summary>
public sealed class FailedSyncTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Theory]
    [InlineData("log.db-wal", 100, "disclosure log")]
    [InlineData("keys/subjects.db-wal", 0, "store of subject keys")] // each person's key is made once: the first call makes one
    [Row("sync fails while running")]
    public async Task Serve_SyncFailsUnderLoad_EndsByItselfAndTheNextStartIsClean(string file, int answers, string store)
    {
        ContractFiles.LiftRates(_settings);
        var got = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        await using var shop = new BusyShop(_settings);
        await using (var gateway = ServeProcess.Start(ServeProcess.Variables(_settings)))
        {
            await gateway.ListeningAsync();
            using var load = new Load(gateway, _settings, got);
            if (answers > 0)
            {
                load.Begin();
            }

            await PartnerAsks.EventuallyAsync(() => Task.FromResult(got.Count >= answers));
            using var strace = await Strace.AttachAsync(
                gateway.Id, Trace, "-f", "-ttt", "-e", "trace=fsync,fdatasync", "-P", Path.Combine(_settings.Data.Root, file), "-e", "inject=fsync,fdatasync:error=EIO");
            if (answers == 0)
            {
                load.Begin();
            }

            using var http = new HttpClient();
            await PartnerAsks.EventuallyAsync(async () => !await IsReadyAsync(http, gateway));
            var notServing = TimeProvider.System.GetUtcNow();
            var (exitCode, errors) = await gateway.EndAsync();
            var ended = TimeProvider.System.GetUtcNow();
            await load.EndedAsync();
            await strace.WaitForExitAsync(TestContext.Current.CancellationToken);

            var failed = await FirstFailureAsync();
            TestContext.Current.TestOutputHelper!.WriteLine(
                "{0}: not serving {1:0} ms after the sync failed, ended after {2:0} ms, {3} answers before",
                file, (notServing - failed).TotalMilliseconds, (ended - failed).TotalMilliseconds, got.Count);
            exitCode.ShouldBe(1);
            errors.ShouldContain($"the {store} is broken: the disk failed");
            (notServing - failed).ShouldBeLessThan(TimeSpan.FromSeconds(3), "promised is one second; the rest is a busy machine's");
            (ended - failed).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        }

        got.Count.ShouldBeGreaterThanOrEqualTo(answers);
        await using var again = ServeProcess.Start(ServeProcess.Variables(_settings));
        await again.ListeningAsync();
        using var channel = again.As(_settings, "northgate-warehouse");
        (await channel.GetShipment(ShopViews.OpenOrders(_settings, 1)[0])).Shipment.ShouldNotBeNull();
        got.Keys.Except((await LoggedEntries.ReadAsync(_settings.Log)).Select(e => e.Id()), StringComparer.Ordinal).ShouldBeEmpty();
    }

    private string Trace => Path.Combine(_settings.Data.Root, "trace");

    // PID SECONDS.MICROSECONDS fsync(44) = -1 EIO (Input/output error) (INJECTED)
    private async Task<DateTimeOffset> FirstFailureAsync()
    {
        var line = (await File.ReadAllLinesAsync(Trace, TestContext.Current.CancellationToken)).First(l => l.Contains("EIO", StringComparison.Ordinal));
        var seconds = decimal.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
    }

    private static async Task<bool> IsReadyAsync(HttpClient http, ServeProcess gateway)
    {
        try
        {
            using var answer = await http.GetAsync(
                string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{gateway.Local}/readyz"), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Calls and streams on connections of their own, until they end; notes each receipt.</summary>
    private sealed class Load(ServeProcess gateway, GatewaySettings settings, ConcurrentDictionary<string, bool> got) : IDisposable
    {
        private readonly List<IDisposable> _open = [];
        private readonly List<Task> _running = [];
        private volatile bool _failed;

        public void Begin()
        {
            var orders = ShopViews.OpenOrders(settings, 100);
            for (var i = 0; i < 4; i++)
            {
                var channel = gateway.As(settings, "northgate-warehouse");
                _open.Add(channel);
                var client = new FulfilmentService.FulfilmentServiceClient(channel);
                _running.Add(i == 0 ? WatchAsync(client) : AskAsync(client, orders.Skip(i * 25).ToList()));
            }

            // One where nothing happens: it would not notice by itself.
            var idle = gateway.As(settings, "harbour-carrier");
            _open.Add(idle);
            _running.Add(WatchAsync(new ShippingService.ShippingServiceClient(idle)));
        }

        public Task EndedAsync() => Task.WhenAll(_running).WaitAsync(PartnerAsks.Patience, TestContext.Current.CancellationToken);

        public void Dispose() => _open.ForEach(c => c.Dispose());

        private async Task AskAsync(FulfilmentService.FulfilmentServiceClient client, List<string> orders)
        {
            for (var i = 0; ; i++)
            {
                try
                {
                    await Task.Delay(50);
                    var before = !_failed;
                    got[(await client.GetShipmentAsync(new GetShipmentRequest { OrderId = orders[i % orders.Count] })).Receipt.Id] = true;
                    before.ShouldBeTrue("a call that began after the log had failed was answered");
                }
                catch (RpcException e)
                {
                    if (e.Reason() is { } reason)
                    {
                        reason.ShouldBe("LOG_UNAVAILABLE");
                        e.Receipt().ShouldBeNull();
                    }

                    _failed = true;
                    return;
                }
            }
        }

        private async Task WatchAsync(FulfilmentService.FulfilmentServiceClient client)
        {
            using var stream = client.WatchShipments(new WatchShipmentsRequest());
            await ReadAsync(stream.ResponseStream, m => m.Receipt.Id);
        }

        private async Task WatchAsync(ShippingService.ShippingServiceClient client)
        {
            using var stream = client.WatchParcels(new WatchParcelsRequest());
            await ReadAsync(stream.ResponseStream, m => m.Receipt.Id);
        }

        private async Task ReadAsync<T>(IAsyncStreamReader<T> stream, Func<T, string> receipt)
        {
            try
            {
                while (await stream.MoveNext(CancellationToken.None))
                {
                    got[receipt(stream.Current)] = true;
                }
            }
            catch (RpcException)
            {
                _failed = true;
            }
        }
    }
}
