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
    private volatile string? _trouble;

    private SqliteDisclosureLog(LogFile file, SqliteLogOptions options, ILogger logger)
    {
        _file = file;
        _logger = logger;
        _head = file.Head;
        _queue = new BatchQueue<PendingAppend>(options.QueueLeaves, options.QueueBytes);
        Broken = _broken.Token;
        _depth = Instruments.LogQueueDepth.Add(() => (long)_queue.Count);
        _writer = new Thread(Write) { IsBackground = true, Name = "disclosure log" };
        _writer.Start();
    }

    /// <summary>How many leaves are durable: the index of the next one.</summary>
    public long Head => Volatile.Read(ref _head);

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

        var pending = PendingAppend.Rent(_pool, leaf, scope, mayBeReserved);
        // Taken before queueing: once queued, the writer may complete it at any moment.
        var completion = pending.Completion;
        if (_queue.TryAdd(pending, leaf.Length + (scope?.Bytes.Length ?? 0)))
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
        while (_queue.Take(ref batch, _trouble is null || Broken.IsCancellationRequested ? Timeout.InfiniteTimeSpan : s_retry))
        {
            var failure = Broken.IsCancellationRequested ? _trouble : TryWrite(batch);
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
            Checkpoint();
        }
    }

    private string? TryWrite(List<PendingAppend> batch)
    {
        try
        {
            var reserved = _file.Reserved;
            _file.Write(batch);
            Volatile.Write(ref _head, _file.Head);
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

    private void Checkpoint()
    {
        try
        {
            if (!Broken.IsCancellationRequested)
            {
                _file.Checkpoint(idle: _queue.Count == 0);
            }
        }
        catch (Exception e) when (SqliteFailure.IsFatal(e))
        {
            Failed(e, fatal: true);
        }
        catch (Exception e)
        {
            // The write-ahead log still holds everything; the next checkpoint tries again.
            Log.CheckpointFailed(_logger, SqliteFailure.Describe(e));
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

        [LoggerMessage(1303, LogLevel.Warning, "The disclosure log's write-ahead file could not be emptied: {Reason}. It is tried again.",
            EventName = "LogCheckpointFailed")]
        public static partial void CheckpointFailed(ILogger logger, string reason);
    }
}
