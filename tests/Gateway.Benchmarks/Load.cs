using System.Diagnostics;
using Gateway.Protos.Fulfilment.V1;
using Grpc.Net.Client;

namespace Gateway.Benchmarks;

/// <summary>A closed loop of one partner's calls: so many in flight, over so many connections.</summary>
internal sealed class Load : IDisposable
{
    private readonly List<GrpcChannel> _channels;
    private readonly List<FulfilmentService.FulfilmentServiceClient> _clients;
    private readonly IReadOnlyList<string> _orders;
    private readonly int _inFlight;

    public Load(Func<GrpcChannel> open, IReadOnlyList<string> orders, int connections, int inFlight)
    {
        _channels = [.. Enumerable.Range(0, connections).Select(_ => open())];
        _clients = [.. _channels.Select(c => new FulfilmentService.FulfilmentServiceClient(c))];
        _orders = orders;
        _inFlight = inFlight;
    }

    public async Task<Round> RunAsync(TimeSpan time)
    {
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, _inFlight).Select(i => Task.Run(() => OneAsync(i, watch, time))));
        var elapsed = watch.Elapsed;
        process.Refresh();
        var sorted = times.SelectMany(t => t).Order().ToList();
        return new Round(
            sorted.Count / elapsed.TotalSeconds, (process.TotalProcessorTime - cpu).TotalMicroseconds / sorted.Count,
            sorted[sorted.Count / 2], sorted[sorted.Count * 99 / 100]);
    }

    public void Dispose() => _channels.ForEach(c => c.Dispose());

    private async Task<List<double>> OneAsync(int caller, Stopwatch watch, TimeSpan time)
    {
        var client = _clients[caller % _clients.Count];
        var times = new List<double>(100_000);
        for (var call = caller; watch.Elapsed < time; call++)
        {
            var began = Stopwatch.GetTimestamp();
            await client.GetShipmentAsync(new GetShipmentRequest { OrderId = _orders[call % _orders.Count] });
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times;
    }
}
