using Gateway.Core.Log.Notes;
using Gateway.Core.Telemetry;
using Gateway.Stores.Tiles;

namespace Gateway.Hosting;

/// <summary>Copies the log to its second place beside the calls, at most a second behind each checkpoint. What fails here is told and stops nobody.</summary>
internal sealed partial class LogMirror(SecondPlace place, CheckpointFeed feed, TimeProvider clock, ILogger<LogMirror> logger) : BackgroundService
{
    /// <summary>Time between two looks at the log's checkpoint.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private long _copied;
    private long _succeeded;
    private volatile string? _trouble;

    /// <summary>Entries that the second place is known to cover: none before this process has copied once.</summary>
    public long Copied => Volatile.Read(ref _copied);

    /// <summary>Signed entries that are not in the second place yet.</summary>
    public long Lag => Math.Max(0, (feed.Latest?.Checkpoint.Head.Size ?? 0) - Copied);

    /// <summary>How long it has been behind, or broken.</summary>
    public TimeSpan Age => Lag == 0 && _trouble is null ? TimeSpan.Zero : clock.GetElapsedTime(Volatile.Read(ref _succeeded));

    /// <summary>Why the last copy failed; null where it did not.</summary>
    public string? Trouble => _trouble;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Added before the signer, so stopped after it: its last checkpoint is here too.
        await CopyAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _succeeded = clock.GetTimestamp();
        using var lag = Instruments.LogMirrorLag.Add(() => Lag);
        using var timer = new PeriodicTimer(s_pause, clock);
        try
        {
            do
            {
                await CopyAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task CopyAsync(CancellationToken cancellationToken)
    {
        try
        {
            Volatile.Write(ref _copied, (await place.CopyAsync(cancellationToken))?.Head.Size ?? 0);
            Volatile.Write(ref _succeeded, clock.GetTimestamp());
            if (_trouble is not null)
            {
                _trouble = null;
                Log.Recovered(logger);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            var first = _trouble is null;
            _trouble = e.Message;
            if (!first)
            {
                return;
            }

            if (e is TileCopyException)
            {
                Instruments.RaiseAlarm(AlarmKind.LogMismatch);
                Log.Mismatch(logger, e.Message);
            }
            else
            {
                Log.Failed(logger, e.Message);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1350, LogLevel.Warning, "The log's second place cannot be written: {Reason}. It is tried again each second; calls are answered and recorded all the while.",
            EventName = "MirrorFailed")]
        public static partial void Failed(ILogger logger, string reason);

        [LoggerMessage(1351, LogLevel.Critical,
            "The log and its second place do not go together: {What} Keep both as they are, they are evidence, and see what differs: gateway log verify --mirror DIR.",
            EventName = "MirrorMismatch")]
        public static partial void Mismatch(ILogger logger, string what);

        [LoggerMessage(1352, LogLevel.Information, "The log's second place is written again.", EventName = "MirrorRecovered")]
        public static partial void Recovered(ILogger logger);
    }
}
