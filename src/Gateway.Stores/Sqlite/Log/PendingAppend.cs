using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Log;

/// <summary>
/// A leaf on its way to the disk and the promise made to its appender. Pooled: goes back when its result is taken. Continuations run
/// on the thread pool, never on the writer thread.
/// </summary>
internal sealed class PendingAppend : IValueTaskSource
{
    private readonly ConcurrentQueue<PendingAppend> _pool;
    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };

    private PendingAppend(ConcurrentQueue<PendingAppend> pool) => _pool = pool;

    /// <summary>The leaf; the appender keeps it unchanged until the promise is kept.</summary>
    public ReadOnlyMemory<byte> Leaf { get; private set; }

    /// <summary>The scope to store with it; null where it is durable already.</summary>
    public StoredScope? Scope { get; private set; }

    /// <summary>True when the leaf tells of refusals alone, and the reserve may keep it while the log is full.</summary>
    public bool MayBeReserved { get; private set; }

    /// <summary>True once the reserve holds it durably.</summary>
    public bool Reserved { get; set; }

    /// <summary>Not a leaf but an order: leaves below this index go. 0 for a leaf.</summary>
    public long PruneBelow { get; private set; }

    /// <summary>When the append was asked for, a <see cref="Stopwatch"/> timestamp.</summary>
    public long Started { get; private set; }

    /// <summary>The promise; awaited once.</summary>
    public ValueTask Completion => new(this, _core.Version);

    public static PendingAppend Rent(
        ConcurrentQueue<PendingAppend> pool, ReadOnlyMemory<byte> leaf, StoredScope? scope, bool mayBeReserved, long pruneBelow = 0)
    {
        if (!pool.TryDequeue(out var pending))
        {
            pending = new PendingAppend(pool);
        }

        pending.Leaf = leaf;
        pending.Scope = scope;
        pending.MayBeReserved = mayBeReserved;
        pending.Reserved = false;
        pending.PruneBelow = pruneBelow;
        pending.Started = Stopwatch.GetTimestamp();
        return pending;
    }

    /// <summary>Gives an instance back whose promise was never handed out.</summary>
    public void Return()
    {
        Leaf = default;
        Scope = null;
        _pool.Enqueue(this);
    }

    public void Succeed() => _core.SetResult(true);

    public void Fail(LogUnavailableException failure) => _core.SetException(failure);

    void IValueTaskSource.GetResult(short token)
    {
        try
        {
            _core.GetResult(token);
        }
        finally
        {
            _core.Reset();
            Return();
        }
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
