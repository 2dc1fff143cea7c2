namespace Gateway.Listeners;

/// <summary>
/// Ends connections that have lasted long enough, each second: cut when the certificate ends; asked to close at the maximum age, and
/// cut when the grace after it is over.
/// </summary>
internal sealed partial class ConnectionWarden(
    ConnectionRegistry registry, ListenerLimits limits, TimeProvider clock, ILogger<ConnectionWarden> logger) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try
                {
                    Look();
                }
                catch (Exception e)
                {
                    // One connection that cannot be ended must not end the watch over the others.
                    Log.Failed(logger, e);
                }
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

    private static partial class Log
    {
        [LoggerMessage(1130, LogLevel.Error, "Old connections could not be ended; it is tried again in a second.", EventName = "ConnectionWardenFailed")]
        public static partial void Failed(ILogger logger, Exception exception);
    }
}
