using System.Diagnostics;
using System.Globalization;
using System.Net;
using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Tests;
using Gateway.Tests.Running;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Faults;

/// <summary>The disk of a gateway process fills up: what it refuses meanwhile is in the log afterwards, each refusal counted once.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly SmallDisk _disk = new(megabytes: 24);

    public void Dispose()
    {
        _disk.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task Serve_DiskFullThenFreed_RefusalsAreRecordedAndItServesAgainByItself()
    {
        await using var gateway = Start();
        await gateway.ListeningAsync();
        using var channel = gateway.As(_settings, "northgate-warehouse");
        var refused = await FillAsync(channel);
        using var http = new HttpClient();
        (await ReadyAsync(http, gateway)).ShouldBe(HttpStatusCode.ServiceUnavailable);

        _disk.Free();
        var freed = Stopwatch.GetTimestamp();
        // Nobody calls: whoever listens to readiness sends nothing until it says so.
        await PartnerAsks.EventuallyAsync(async () => await ReadyAsync(http, gateway) == HttpStatusCode.OK);
        var within = Stopwatch.GetElapsedTime(freed);
        await channel.GetShipment(DemoShop.SampleOrder.OrderId);

        TestContext.Current.TestOutputHelper!.WriteLine("ready {0:0.0} s after space came back", within.TotalSeconds);
        within.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await PartnerAsks.EventuallyAsync(async () => await UnavailableAsync() >= refused);
        (await UnavailableAsync()).ShouldBe(refused);
    }

    [Fact]
    public async Task Serve_KilledWhileTheDiskIsFull_RefusalsAreRecordedOnceAtTheNextStart()
    {
        int refused;
        await using (var gateway = Start())
        {
            await gateway.ListeningAsync();
            using var channel = gateway.As(_settings, "northgate-warehouse");
            refused = await FillAsync(channel);
            await PartnerAsks.EventuallyAsync(() => Task.FromResult(InReserve() == refused));
            await gateway.KillAsync();
        }

        (await UnavailableAsync()).ShouldBe(0);
        _disk.Free();
        for (var start = 0; start < 2; start++)
        {
            await using var again = Start();
            await again.ListeningAsync();
            using var channel = again.As(_settings, "northgate-warehouse");
            await channel.GetShipment(DemoShop.SampleOrder.OrderId);
            (await UnavailableAsync()).ShouldBe(refused);
            await again.KillAsync();
        }
    }

    private ServeProcess Start()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Data"] = _disk["."];
        return ServeProcess.Start(variables);
    }

    // Fills the disk and calls until 60 calls were refused; gives how many were in all.
    private async Task<int> FillAsync(GrpcChannel channel)
    {
        (await channel.GetShipment(DemoShop.SampleOrder.OrderId)).Shipment.ShouldNotBeNull();
        _disk.Fill();
        var refused = 0;
        await PartnerAsks.EventuallyAsync(async () =>
        {
            try
            {
                await channel.GetShipment(refused % 2 == 0 ? DemoShop.SampleOrder.OrderId : "A-0");
            }
            catch (RpcException e) when (e.Reason() == "LOG_UNAVAILABLE")
            {
                e.StatusCode.ShouldBe(StatusCode.Unavailable);
                e.Receipt().ShouldBeNull();
                e.GetRpcStatus()!.GetDetail<RetryInfo>().ShouldNotBeNull();
                refused++;
            }
            catch (RpcException e) when (e.Reason() is "RATE_EXCEEDED" or "RECORD_NOT_AVAILABLE")
            {
                // The contract's own limit; or a last entry found room.
            }

            return refused >= 60;
        });
        return refused;
    }

    private async Task<int> UnavailableAsync() =>
        (await LoggedEntries.ReadAsync(_disk["log.db"])).Where(e => e.Refusal == "LOG_UNAVAILABLE").Sum(e => Math.Max(1, (int)e.Count));

    private int InReserve()
    {
        var path = _disk["log.reserve"];
        using var reserve = RefusalReserve.Open(path, new FileInfo(path).Length, noted: 0);
        return reserve.Leaves.Select(Entry.Parser.ParseFrom).Sum(e => Math.Max(1, (int)e.Count));
    }

    private static async Task<HttpStatusCode> ReadyAsync(HttpClient http, ServeProcess gateway)
    {
        using var answer = await http.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{gateway.Local}/readyz"), TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
