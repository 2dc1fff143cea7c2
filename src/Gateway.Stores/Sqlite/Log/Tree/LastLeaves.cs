using Gateway.Core.Log;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>Hashes the last leaves of a log anew and compares them with its tree.</summary>
internal static class LastLeaves
{
    /// <summary>Leaves hashed: what an edit in haste would touch, and read in milliseconds.</summary>
    private const int Rehashed = 16 * TiledResource.FullWidth;

    /// <summary>
    /// The first of the last leaves before <paramref name="end"/> that is not the tree's, or is missing though no loss was declared; null
    /// where there is none.
    /// </summary>
    public static async ValueTask<long?> FirstDifferenceAsync(SqliteTree tree, ILogReader log, long end, CancellationToken cancellationToken)
    {
        if (end == 0)
        {
            return null;
        }

        var first = Math.Max(0, ((end - 1) / TiledResource.FullWidth * TiledResource.FullWidth) - Rehashed + TiledResource.FullWidth);
        var (next, tile, number) = (first, ReadOnlyMemory<byte>.Empty, -1L);
        foreach (var leaf in await log.ReadAsync(first, (int)(end - first) + 1, cancellationToken))
        {
            if (leaf.Index > next && next == first && (await log.ReadAsync(0, limit: 1, cancellationToken))[0].Index == leaf.Index)
            {
                // The log's front: whether it begins where it should was judged when it was opened.
                next = leaf.Index;
            }

            if (leaf.Index > next && !(LogGap.LossBefore(leaf) is { } loss && loss.Entries.Start <= next))
            {
                return next;
            }

            if (leaf.Index >= end)
            {
                return null;
            }

            if (leaf.Index / TiledResource.FullWidth != number)
            {
                number = leaf.Index / TiledResource.FullWidth;
                var width = (int)Math.Min(TiledResource.FullWidth, end - (number * TiledResource.FullWidth));
                tile = await tree.ReadAsync(TiledResource.Tile(0, number, width), cancellationToken);
            }

            var at = (int)(leaf.Index % TiledResource.FullWidth) * MerkleHash.Size;
            if (tile.Length < at + MerkleHash.Size || new MerkleHash(tile.Span.Slice(at, MerkleHash.Size)) != MerkleHash.OfLeaf(leaf.Bytes))
            {
                return leaf.Index;
            }

            next = leaf.Index + 1;
        }

        return next < end ? next : null;
    }
}
