using System.Numerics;

namespace Gateway.Core.Log.Tree;

/// <summary>
/// Roots and proofs out of a tiled log's tiles, for a tree of one size. Remembers the tiles it read. Trusts nothing: compare the root
/// with a checkpoint before a proof is handed on. Not for concurrent use.
/// </summary>
/// <param name="log">Where the tiles are.</param>
/// <param name="size">Leaves of the tree; the log has at least as many.</param>
public sealed class TreeReader(ITiledLog log, long size)
{
    /// <summary>Tiles remembered, 8 KiB each.</summary>
    private const int Remembered = 1024;

    private readonly Dictionary<TiledResource, byte[]> _tiles = [];

    /// <summary>The root over all leaves.</summary>
    /// <exception cref="MissingTileException">A tile is not there.</exception>
    public ValueTask<MerkleHash> RootAsync(CancellationToken cancellationToken) =>
        size == 0 ? ValueTask.FromResult(MerkleHash.Empty) : RangeAsync(new TreeRange(0, size), cancellationToken);

    /// <summary>The proof that the leaf at <paramref name="index"/> is in the tree: hashes from its sibling up.</summary>
    /// <exception cref="MissingTileException">A tile is not there.</exception>
    public ValueTask<MerkleHash[]> InclusionAsync(long index, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        return RootsAsync(TreeRange.OfInclusion(index, size), cancellationToken);
    }

    /// <summary>The proof that the tree goes on from the one of <paramref name="since"/> leaves.</summary>
    /// <exception cref="MissingTileException">A tile is not there.</exception>
    public ValueTask<MerkleHash[]> ConsistencyAsync(long since, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(since);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(since, size);
        return RootsAsync(TreeRange.OfConsistency(since, size), cancellationToken);
    }

    private async ValueTask<MerkleHash[]> RootsAsync(IReadOnlyList<TreeRange> ranges, CancellationToken cancellationToken)
    {
        var roots = new MerkleHash[ranges.Count];
        for (var i = 0; i < roots.Length; i++)
        {
            roots[i] = await RangeAsync(ranges[i], cancellationToken);
        }

        return roots;
    }

    private async ValueTask<MerkleHash> RangeAsync(TreeRange range, CancellationToken cancellationToken)
    {
        var length = range.End - range.Start;
        if (BitOperations.IsPow2(length))
        {
            return await NodeAsync(BitOperations.Log2((ulong)length), range.Start / length, cancellationToken);
        }

        var middle = range.Start + TreeRange.Split(length);
        return MerkleHash.OfNode(
            await RangeAsync(range with { End = middle }, cancellationToken), await RangeAsync(range with { Start = middle }, cancellationToken));
    }

    /// <summary>The root of a full subtree of 2^<paramref name="height"/> leaves, by its place among those of its height.</summary>
    private async ValueTask<MerkleHash> NodeAsync(int height, long place, CancellationToken cancellationToken)
    {
        var (level, above) = Math.DivRem(height, 8);
        var first = place << above;
        var number = first / TiledResource.FullWidth;
        var width = (int)Math.Min(TiledResource.FullWidth, (size >> (8 * level)) - (number * TiledResource.FullWidth));
        var tile = await TileAsync(TiledResource.Tile(level, number, width), cancellationToken);
        return MerkleHash.OfRange(tile.AsSpan((int)(first % TiledResource.FullWidth) * MerkleHash.Size, (1 << above) * MerkleHash.Size));
    }

    private async ValueTask<byte[]> TileAsync(TiledResource tile, CancellationToken cancellationToken)
    {
        if (_tiles.TryGetValue(tile, out var hashes))
        {
            return hashes;
        }

        hashes = await log.ReadAsync(tile, cancellationToken);
        if (hashes is null && tile.Width < TiledResource.FullWidth)
        {
            // A log may drop a partial tile once the full one is there.
            hashes = await log.ReadAsync(TiledResource.Tile(tile.Level, tile.Number), cancellationToken);
        }

        if (hashes is null || hashes.Length < tile.Width * MerkleHash.Size)
        {
            throw new MissingTileException(tile);
        }

        if (_tiles.Count >= Remembered)
        {
            _tiles.Clear();
        }

        return _tiles[tile] = hashes;
    }
}

/// <summary>A tile that a log of this size must have is not there, or too short.</summary>
public sealed class MissingTileException(TiledResource tile) : Exception($"{tile.Path} is missing or too short")
{
    /// <summary>Which.</summary>
    public TiledResource Tile { get; } = tile;
}
