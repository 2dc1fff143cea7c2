using Gateway.Core.Exchange;
using Gateway.Protos.Fulfilment.V1;

namespace Gateway.Core.Tests.Exchange;

/// <summary>One stream of shipments, stepped round by round.</summary>
internal sealed class RunningWatch : IDisposable
{
    private readonly CancellationTokenSource _caller = new();
    private readonly CancellationTokenSource _stopping = new();

    private RunningWatch(ExchangeScene scene, OpenCall call, string token)
    {
        Call = call;
        Ended = scene.Watcher.RunAsync(scene.Identified(call), new WatchShipmentsRequest { ResumeToken = token }, (message, _) =>
        {
            call.MayLeave(message).ShouldBeTrue();
            Received.Add((WatchShipmentsResponse)message);
            return Task.CompletedTask;
        }, _stopping.Token, _caller.Token).AsTask();
    }

    public OpenCall Call { get; }

    /// <summary>Every message so far.</summary>
    public List<WatchShipmentsResponse> Received { get; } = [];

    public Task<Refusal?> Ended { get; }

    /// <summary>Keys of the records sent so far.</summary>
    public IEnumerable<string> Keys => Received.Where(r => r.Shipment is not null).Select(r => r.Shipment.OrderId);

    /// <summary>Tombstones sent so far.</summary>
    public IEnumerable<string> Tombstones => Received.Where(r => r.Tombstone is not null).Select(r => $"{r.Tombstone.Key} {r.Tombstone.Reason}");

    /// <summary>Starts a stream and waits until its first round is through.</summary>
    public static async Task<RunningWatch> StartAsync(ExchangeScene scene, string token = "", OpenCall? call = null)
    {
        var before = scene.Clock.Timers;
        var watch = new RunningWatch(scene, call ?? scene.Open(ExchangeScene.WatchShipments), token);
        await RestAsync(scene, before, watch);
        return watch;
    }

    /// <summary>Lets the interval pass, and waits until each stream rests again or has ended.</summary>
    public static async Task RoundAsync(ExchangeScene scene, params RunningWatch[] watches)
    {
        var before = scene.Clock.Timers;
        scene.Clock.Advance(Watcher.Interval);
        await RestAsync(scene, before, watches);
    }

    /// <summary>The caller goes.</summary>
    public Task CancelAsync() => _caller.CancelAsync();

    /// <summary>The gateway stops.</summary>
    public Task StopAsync() => _stopping.CancelAsync();

    public void Dispose()
    {
        _caller.Dispose();
        _stopping.Dispose();
    }

    private static async Task RestAsync(ExchangeScene scene, int before, params RunningWatch[] watches)
    {
        while (scene.Clock.Timers - before < watches.Count(w => !w.Ended.IsCompleted))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
