namespace Gateway.Listeners;

/// <summary>
/// Ends connections that have lasted long enough, each second: cut when the certificate ends; asked to close at the maximum age, and
/// cut when the grace after it is over.
/// </summary>
internal sealed class ConnectionWarden(ConnectionRegistry registry, ListenerLimits limits, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                Look();
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private void Look()
    {
        var now = clock.GetUtcNow();
        registry.CutWhere(c => now > c.Peer.Identity.NotAfter, "its certificate has expired");
        registry.CutWhere(c => now >= c.CloseAt + limits.Grace, "it reached its maximum age");
        foreach (var old in registry.Open.Where(c => now >= c.CloseAt))
        {
            old.AskToClose();
        }
    }
}
