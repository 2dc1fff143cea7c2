using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Log;

/// <summary>
/// The disclosure log in SQLite. One thread of its own writes: it commits and syncs whatever queued while the last sync ran, then keeps
/// the promises of that batch. Safe for concurrent use.
/// </summary>
public sealed partial class SqliteDisclosureLog : IDisclosureLog, IDisposable
{
    /// <summary>Length of the longest leaf, bytes.</summary>
    public const int MaxLeaf = 65_535;

    /// <summary>How often a log that cannot be written is tried again where nobody appends.</summary>
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<PendingAppend> _pool = new();
    private readonly KnownScopes _scopes = new();
    private readonly CancellationTokenSource _broken = new();
    private readonly BatchQueue<PendingAppend> _queue;
    private readonly LogFile _file;
    private readonly ILogger _logger;
    private readonly Thread _writer;
    private readonly IDisposable _depth;
    private long _head;
    private long _minimum;
    private bool _isTendingLate;
    private volatile string? _trouble;

    private SqliteDisclosureLog(LogFile file, SqliteLogOptions options, ILogger logger)
    {
        _file = file;
        _logger = logger;
        (_head, _minimum) = (file.Head, file.Minimum);
        _queue = new BatchQueue<PendingAppend>(options.QueueLeaves, options.QueueBytes);
        Broken = _broken.Token;
        _depth = Instruments.LogQueueDepth.Add(() => (long)_queue.Count);
        _writer = new Thread(Write) { IsBackground = true, Name = "disclosure log" };
        _writer.Start();
    }

    /// <summary>How many leaves are durable: the index of the next one.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>Index of the first leaf that is kept: those below were archived and pruned.</summary>
    public long MinimumIndex => Volatile.Read(ref _minimum);

    /// <summary>Leaves waiting for the disk now.</summary>
    public int QueueDepth => _queue.Count;

    /// <summary>Why the last batch was refused, for health: null when it was written.</summary>
    public string? Trouble => _trouble;

    /// <summary>
    /// Cancelled when a sync has failed or the file is damaged: nothing is appended any more, and the host must end the process. The
    /// next start recovers what is really there.
    /// </summary>
    public CancellationToken Broken { get; }

    /// <summary>Opens or creates the log.</summary>
    /// <exception cref="StoreException">Another gateway writes it, or it cannot be made durable.</exception>
    public static SqliteDisclosureLog Open(string path, SqliteLogOptions options, ILogger<SqliteDisclosureLog> logger) =>
        new(LogFile.Open(path, options.ReserveBytes), options, logger);

    public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope) => AppendAsync(leaf, scope, mayBeReserved: false);

    public ValueTask AppendRefusalsAsync(ReadOnlyMemory<byte> leaf) => AppendAsync(leaf, scope: null, mayBeReserved: true);

    private ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope, bool mayBeReserved)
    {
        ArgumentOutOfRangeException.ThrowIfZero(leaf.Length, nameof(leaf));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(leaf.Length, MaxLeaf, nameof(leaf));
        if (scope is not null && _scopes.Has(scope))
        {
            scope = null;
        }
        else if (scope is not null && !SHA256.HashData(scope.Bytes.Span).AsSpan().SequenceEqual(scope.Hash.Span))
        {
            throw new ArgumentException("The scope's hash is not the hash of its bytes.", nameof(scope));
        }

        if (Broken.IsCancellationRequested)
        {
            throw new LogUnavailableException($"The disclosure log is broken: {_trouble}. The gateway must be restarted.");
        }

        return Enqueue(PendingAppend.Rent(_pool, leaf, scope, mayBeReserved), leaf.Length + (scope?.Bytes.Length ?? 0));
    }

    /// <summary>
    /// Gives up the leaves below an index, for good: they are archived elsewhere, and a leaf that says so is durable. Completes when the new
    /// minimum is durable; the rows go little by little, between batches, also after a restart.
    /// </summary>
    /// <exception cref="LogUnavailableException">The log cannot be written; nothing goes.</exception>
    public ValueTask PruneAsync(long minimumIndex)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumIndex);
        // The last leaf stays: the file knows by it where the log goes on.
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(minimumIndex, Head);
        return Enqueue(PendingAppend.Rent(_pool, default, scope: null, mayBeReserved: false, minimumIndex), bytes: 0);
    }

    private ValueTask Enqueue(PendingAppend pending, int bytes)
    {
        // Taken before queueing: once queued, the writer may complete it at any moment.
        var completion = pending.Completion;
        if (_queue.TryAdd(pending, bytes))
        {
            return completion;
        }

        pending.Return();
        throw new LogUnavailableException("The disclosure log is overloaded or closed: too many leaves wait for the disk.");
    }

    /// <summary>Writes what waits, then closes the file and gives up its lock.</summary>
    public void Dispose()
    {
        _queue.Close();
        _depth.Dispose();
        _writer.Join();
        _queue.Dispose();
        _file.Dispose();
        _broken.Dispose();
    }

    private void Write()
    {
        var batch = new List<PendingAppend>();
        while (_queue.Take(ref batch, Patience))
        {
            // With nothing to write, a log in trouble tries whether it still is.
            var failure = Broken.IsCancellationRequested ? _trouble : batch.Count > 0 || _trouble is not null ? TryWrite(batch) : null;
            foreach (var pending in batch)
            {
                if (failure is null || pending.Reserved)
                {
                    // Before the promise is kept: afterwards it belongs to its next appender.
                    Instruments.LogAppendDuration.Record(Stopwatch.GetElapsedTime(pending.Started).TotalSeconds);
                    pending.Succeed();
                }
                else
                {
                    pending.Fail(new LogUnavailableException($"The disclosure log cannot be written: {failure}."));
                }
            }

            batch.Clear();
            TryTend();
        }
    }

    private TimeSpan Patience => Broken.IsCancellationRequested ? Timeout.InfiniteTimeSpan
        : _trouble is not null || _isTendingLate ? s_retry
        : _file.IsPruning ? TimeSpan.Zero
        : Timeout.InfiniteTimeSpan;

    private string? TryWrite(List<PendingAppend> batch)
    {
        try
        {
            var reserved = _file.Reserved;
            _file.Write(batch);
            Volatile.Write(ref _head, _file.Head);
            Volatile.Write(ref _minimum, _file.Minimum);
            foreach (var pending in batch)
            {
                if (pending.Scope is { } scope)
                {
                    _scopes.Add(scope.Hash.Span);
                }
            }

            Recovered(reserved);
            return null;
        }
        catch (Exception e)
        {
            var undone = _file.TryRollback();
            var reason = Failed(e, fatal: !undone || SqliteFailure.IsFatal(e));
            return Broken.IsCancellationRequested ? reason : Reserve(batch) ?? reason;
        }
    }

    private string? Reserve(List<PendingAppend> batch)
    {
        try
        {
            _file.Reserve(batch);
            return null;
        }
        catch (Exception e)
        {
            return Failed(e, fatal: true);
        }
    }

    /// <summary>Between batches: prunes a little, and empties the write-ahead log where it has grown.</summary>
    private void TryTend()
    {
        try
        {
            if (!Broken.IsCancellationRequested && _trouble is null)
            {
                if (_file.IsPruning)
                {
                    _file.Prune();
                }

                _file.Checkpoint(idle: _queue.Count == 0);
                _isTendingLate = false;
            }
        }
        catch (Exception e)
        {
            // What is not fatal is tried again: the write-ahead log still holds everything, and what is to go can wait.
            var undone = _file.TryRollback();
            if (!undone || SqliteFailure.IsFatal(e))
            {
                Failed(e, fatal: true);
            }
            else
            {
                _isTendingLate = true;
                Log.TendingFailed(_logger, SqliteFailure.Describe(e));
            }
        }
    }

    private string Failed(Exception failure, bool fatal)
    {
        var reason = SqliteFailure.Describe(failure);
        var first = _trouble is null;
        _trouble = reason;
        if (first || fatal)
        {
            Instruments.RaiseAlarm(AlarmKind.LogBroken);
        }

        if (fatal)
        {
            _file.Abandon();
            Log.Broken(_logger, reason);
            // Off this thread: whoever hears of it may want to wait for the writer.
            _ = _broken.CancelAsync();
        }
        else if (first)
        {
            Log.Refused(_logger, reason);
        }

        return reason;
    }

    private void Recovered(int reserved)
    {
        if (reserved > 0)
        {
            Log.Replayed(_logger, reserved);
        }

        if (_trouble is not null)
        {
            _trouble = null;
            Log.Recovered(_logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1300, LogLevel.Error, "The disclosure log cannot be written: {Reason}. Calls are refused until it can.",
            EventName = "LogRefused")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(1301, LogLevel.Critical,
            "The disclosure log is broken: {Reason}. Nothing is recorded or answered any more; restart the gateway to recover.",
            EventName = "LogBroken")]
        public static partial void Broken(ILogger logger, string reason);

        [LoggerMessage(1302, LogLevel.Information, "The disclosure log can be written again.", EventName = "LogRecovered")]
        public static partial void Recovered(ILogger logger);

        [LoggerMessage(1304, LogLevel.Information, "{Count} entries of refusals went from the reserve into the disclosure log.", EventName = "LogReserveReplayed")]
        public static partial void Replayed(ILogger logger, int count);

        [LoggerMessage(1303, LogLevel.Warning, "The disclosure log's file could not be tended between batches: {Reason}. It is tried again.",
            EventName = "LogTendingFailed")]
        public static partial void TendingFailed(ILogger logger, string reason);
    }
}
