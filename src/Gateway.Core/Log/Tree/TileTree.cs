namespace Gateway.Core.Log.Tree;

/// <summary>
/// The tree's right edge: all that is needed to append. A leaf costs one hash, and 255 more for each full tile. Not for concurrent use.
/// </summary>
public sealed class TileTree
{
    private readonly List<OpenTile> _levels = [];

    /// <summary>How many leaves.</summary>
    public long Size { get; private set; }

    /// <summary>The root over all leaves. Costs up to 255 hashes a level.</summary>
    public MerkleHash Root
    {
        get
        {
            MerkleHash? root = null;
            foreach (var tile in _levels)
            {
                // The subtrees of a partial tile, smallest first: one for each bit of its width.
                for (var (end, bit) = (tile.Width, 1); end > 0; bit <<= 1)
                {
                    if ((tile.Width & bit) != 0)
                    {
                        var subtree = MerkleHash.OfRange(tile.Hashes.AsSpan((end - bit) * MerkleHash.Size, bit * MerkleHash.Size));
                        root = root is { } right ? MerkleHash.OfNode(subtree, right) : subtree;
                        end -= bit;
                    }
                }
            }

            return root ?? MerkleHash.Empty;
        }
    }

    /// <summary>The tiles at the right edge that are not full, with what they hold now.</summary>
    public IEnumerable<(TiledResource Tile, ReadOnlyMemory<byte> Hashes)> Partial =>
        _levels.Select((tile, level) => (tile, level)).Where(t => t.tile.Width > 0).Select(
            t => (TiledResource.Tile(t.level, t.tile.Number, t.tile.Width), (ReadOnlyMemory<byte>)t.tile.Hashes.AsMemory(0, t.tile.Width * MerkleHash.Size)));

    /// <summary>Takes up a tree where it was left.</summary>
    /// <param name="size">Its leaves.</param>
    /// <param name="partial">Its partial tiles by name: exactly those that a tree of this size has.</param>
    public static TileTree Resume(long size, Func<TiledResource, ReadOnlySpan<byte>> partial)
    {
        var tree = new TileTree { Size = size };
        for (var level = 0; size >> (8 * level) > 0; level++)
        {
            var count = size >> (8 * level);
            var tile = new OpenTile { Number = count / TiledResource.FullWidth, Width = (int)(count % TiledResource.FullWidth) };
            if (tile.Width > 0)
            {
                partial(TiledResource.Tile(level, tile.Number, tile.Width))[..(tile.Width * MerkleHash.Size)].CopyTo(tile.Hashes);
            }

            tree._levels.Add(tile);
        }

        return tree;
    }

    /// <summary>Appends the hash of the next entry.</summary>
    /// <param name="leaf">Its hash.</param>
    /// <param name="completed">Takes each tile that this fills, with hashes that are only lent.</param>
    public void Append(MerkleHash leaf, Action<TiledResource, ReadOnlySpan<byte>> completed)
    {
        Size++;
        Append(leaf, 0, completed);
    }

    /// <summary>Appends 256 leaves at once, of which only the root is known. The size is a multiple of 256.</summary>
    /// <param name="root">The root over them.</param>
    /// <param name="completed">Takes each tile that this fills, with hashes that are only lent; not the tile of these leaves.</param>
    /// <exception cref="InvalidOperationException">The last tile of leaves is partial.</exception>
    public void AppendTile(MerkleHash root, Action<TiledResource, ReadOnlySpan<byte>> completed)
    {
        if (Size % TiledResource.FullWidth != 0)
        {
            throw new InvalidOperationException("A whole tile follows only a whole tile.");
        }

        Size += TiledResource.FullWidth;
        if (_levels.Count == 0)
        {
            _levels.Add(new OpenTile());
        }

        _levels[0].Number++;
        Append(root, 1, completed);
    }

    private void Append(MerkleHash hash, int first, Action<TiledResource, ReadOnlySpan<byte>> completed)
    {
        for (var level = first; ; level++)
        {
            if (level == _levels.Count)
            {
                _levels.Add(new OpenTile());
            }

            var tile = _levels[level];
            hash.CopyTo(tile.Hashes.AsSpan(tile.Width * MerkleHash.Size));
            if (++tile.Width < TiledResource.FullWidth)
            {
                return;
            }

            completed(TiledResource.Tile(level, tile.Number), tile.Hashes);
            hash = MerkleHash.OfRange(tile.Hashes);
            tile.Width = 0;
            tile.Number++;
        }
    }

    private sealed class OpenTile
    {
        public byte[] Hashes { get; } = new byte[TiledResource.FullWidth * MerkleHash.Size];

        public long Number { get; set; }

        public int Width { get; set; }
    }
}
