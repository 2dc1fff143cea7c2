namespace Gateway.Core.Contracts;

/// <summary>The snapshot in force. Swapped first, signalled after; a reader takes it once a call.</summary>
public sealed class SnapshotHolder(Snapshot initial)
{
    private volatile Snapshot _current = initial;

    /// <summary>The snapshot in force now.</summary>
    public Snapshot Current => _current;

    /// <summary>Raised after each swap with what was in force before and what is now.</summary>
    public event Action<Snapshot, Snapshot>? Swapped;

    /// <summary>Puts <paramref name="next"/> in force.</summary>
    public void Swap(Snapshot next)
    {
        var before = Interlocked.Exchange(ref _current, next);
        Swapped?.Invoke(before, next);
    }
}
