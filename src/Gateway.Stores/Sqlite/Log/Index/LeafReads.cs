using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Reads leaves by their indexes: those that lie together in one go.</summary>
internal static class LeafReads
{
    /// <summary>Leaves read in one go, at most.</summary>
    private const int Block = 1000;

    /// <summary>One go may read so many leaves for each that is wanted: reading a leaf costs less than asking for it.</summary>
    private const int Waste = 4;

    /// <summary>The leaves at <paramref name="descending"/> indexes, in that order. One that is gone is left out.</summary>
    public static async IAsyncEnumerable<StoredLeaf> ReadAsync(
        ILogReader log, List<long> descending, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var at = 0;
        while (at < descending.Count)
        {
            var end = at + 1;
            while (end < descending.Count && descending[at] - descending[end] < Math.Min(Block, (end - at + 1) * Waste))
            {
                end++;
            }

            var leaves = await log.ReadAsync(descending[end - 1], (int)(descending[at] - descending[end - 1]) + 1, cancellationToken);
            var last = leaves.Count - 1;
            for (; at < end; at++)
            {
                while (last >= 0 && leaves[last].Index > descending[at])
                {
                    last--;
                }

                if (last >= 0 && leaves[last].Index == descending[at])
                {
                    yield return leaves[last];
                }
            }
        }
    }
}
