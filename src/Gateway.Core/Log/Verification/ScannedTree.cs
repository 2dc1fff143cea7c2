using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Verification;

/// <summary>A tree with all its tiles above the leaves, and its roots at some earlier sizes.</summary>
internal sealed class ScannedTree
{
    private readonly Dictionary<(int Level, long Number), byte[]> _full;
    private readonly Dictionary<long, MerkleHash> _roots;
    private readonly TileTree _tree;

    public ScannedTree()
        : this(new TileTree(), [], [])
    {
    }

    private ScannedTree(TileTree tree, Dictionary<(int Level, long Number), byte[]> full, Dictionary<long, MerkleHash> roots)
    {
        (_tree, _full, _roots) = (tree, full, roots);
    }

    public TreeHead Head => new(_tree.Size, _tree.Root);

    /// <summary>A second tree that is the same so far.</summary>
    public ScannedTree Fork()
    {
        var partial = _tree.Partial.ToDictionary(p => p.Tile, p => p.Hashes);
        return new ScannedTree(TileTree.Resume(_tree.Size, tile => partial[tile].Span), new(_full), new(_roots));
    }

    public void Append(MerkleHash leaf) => _tree.Append(leaf, Keep);

    public void AppendTile(MerkleHash root) => _tree.AppendTile(root, Keep);

    /// <summary>Notes the root if the tree has one of these sizes now.</summary>
    public void NoteIf(IReadOnlyList<long> sizes)
    {
        if (sizes.Count > 0 && sizes.Contains(_tree.Size))
        {
            _roots[_tree.Size] = _tree.Root;
        }
    }

    /// <summary>The root that the tree had; null where it was not noted.</summary>
    public MerkleHash? RootAt(long size) => _roots.TryGetValue(size, out var root) ? root : null;

    /// <summary>Its tiles above the leaves, and at its right edge the partial ones.</summary>
    public IEnumerable<(TiledResource Tile, ReadOnlyMemory<byte> Hashes)> Upper => _full
        .Select(f => (TiledResource.Tile(f.Key.Level, f.Key.Number), (ReadOnlyMemory<byte>)f.Value))
        .Concat(_tree.Partial.Where(p => p.Tile.Level > 0));

    /// <summary>All hashes of a level above the leaves, one after another.</summary>
    public byte[] Level(int level) => [.. Upper.Where(u => u.Tile.Level == level).OrderBy(u => u.Tile.Number).SelectMany(u => u.Hashes.ToArray())];

    /// <summary>The root over what is right of the full subtrees of a level; null where nothing is.</summary>
    public MerkleHash? Tail(int level)
    {
        var right = _tree.Size & ((1L << (8 * level)) - 1);
        var partial = _tree.Partial.Where(p => p.Tile.Level < level).ToDictionary(p => p.Tile.Level, p => p.Hashes);
        return right == 0 ? null : TileTree.Resume(right, tile => partial[tile.Level].Span).Root;
    }

    private void Keep(TiledResource tile, ReadOnlySpan<byte> hashes)
    {
        if (tile.Level > 0)
        {
            _full[(tile.Level, tile.Number)] = hashes.ToArray();
        }
    }
}
