using Gateway.Core.Contracts;

namespace Gateway.Core.Exchange;

/// <summary>The plan in force. Prepared first, swapped whole, the snapshot's holder told after; a reader takes it once a call.</summary>
public sealed class PlanHolder(Plan initial, SnapshotHolder snapshots)
{
    private volatile Plan _current = initial;

    /// <summary>The plan in force now.</summary>
    public Plan Current => _current;

    /// <summary>Puts <paramref name="next"/> in force.</summary>
    public void Swap(Plan next)
    {
        _current = next;
        snapshots.Swap(next.Snapshot);
    }
}
