using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Log.V1;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Follows the log and fills its index, so that a call writes one lean row and no more. The host runs it until it stops.</summary>
public sealed partial class LogIndexer(SqliteLogIndex index, ILogReader log, TimeProvider clock, ILogger<LogIndexer> logger)
{
    /// <summary>Time between two looks at a log that has not grown.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Time before another try after a failure.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(5);

    private long _lag;

    /// <summary>Follows until cancelled. A failure is logged and tried again: the index is not on the way of a call.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var measured = Instruments.LogIndexLag.Add(() => Volatile.Read(ref _lag));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var added = await index.CatchUpOnceAsync(cancellationToken);
                Volatile.Write(ref _lag, Math.Max(0, await log.GetHeadAsync(cancellationToken) - index.Next));
                if (added == 0)
                {
                    await Task.Delay(s_pause, clock, cancellationToken);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.Failed(logger, SqliteFailure.Describe(e));
                await Task.Delay(s_retry, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>How far the index is behind.</summary>
    public async ValueTask<IndexLag> LagAsync(CancellationToken cancellationToken)
    {
        var head = await log.GetHeadAsync(cancellationToken);
        var next = index.Next;
        var oldest = next < head ? await log.ReadAsync(next, limit: 1, cancellationToken) : [];
        return oldest.Count == 0
            ? new IndexLag(0, TimeSpan.Zero)
            : new IndexLag(head - next, clock.GetUtcNow() - Entry.Parser.ParseFrom(oldest[0].Bytes).Time.ToDateTimeOffset());
    }

    private static partial class Log
    {
        [LoggerMessage(1320, LogLevel.Warning, "The log's query index cannot be filled: {Reason}. It is tried again.",
            EventName = "LogIndexFailed")]
        public static partial void Failed(ILogger logger, string reason);
    }
}

/// <summary>How far the index is behind the log.</summary>
/// <param name="Entries">Entries not indexed yet.</param>
/// <param name="Age">Age of the oldest of them.</param>
public readonly record struct IndexLag(long Entries, TimeSpan Age);
