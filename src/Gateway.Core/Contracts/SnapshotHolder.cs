namespace Gateway.Core.Contracts;

/// <summary>The snapshot in force. Swapped whole; a reader takes it once.</summary>
public sealed class SnapshotHolder(Snapshot initial)
{
    private volatile Snapshot _current = initial;

    /// <summary>The snapshot in force now.</summary>
    public Snapshot Current => _current;

    /// <summary>Puts <paramref name="next"/> in force.</summary>
    public void Swap(Snapshot next) => _current = next;
}
