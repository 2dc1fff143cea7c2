using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Obligations;
using Microsoft.Data.Sqlite;

namespace Gateway.Obligations;

/// <summary>Counts what is released beside the calls, so that whoever asks what is owed does not wait for the whole log.</summary>
internal sealed partial class ObligationFollower(SqliteObligations obligations, TimeProvider clock, ILogger<ObligationFollower> logger) : BackgroundService
{
    /// <summary>Time between two looks at a log that has not grown.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Time before another try after a failure.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await obligations.CatchUpOnceAsync(stoppingToken) == 0)
                {
                    await Task.Delay(s_pause, clock, stoppingToken);
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is SqliteException or LogUnavailableException or IOException)
            {
                Log.Failed(logger, e.GetType().Name);
                await Task.Delay(s_retry, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1823, LogLevel.Warning, "What partners owe cannot be counted ({Reason}). It is tried again; calls are answered and recorded all the while.",
            EventName = "ObligationsFailed")]
        public static partial void Failed(ILogger logger, string reason);
    }
}
