using System.Buffers;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Tests.Log.Tree;

/// <summary>A tiled log in memory, grown by the product's own <see cref="TileTree"/>.</summary>
internal sealed class MemoryTiles : ITiledLog
{
    private readonly Dictionary<(int Level, long Number), byte[]> _full = [];
    private readonly List<byte[]> _entries = [];

    public TileTree Tree { get; } = new();

    public void Append(byte[] entry)
    {
        _entries.Add(entry);
        Tree.Append(MerkleHash.OfLeaf(entry), (tile, hashes) => _full[(tile.Level, tile.Number)] = hashes.ToArray());
    }

    public ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) => ValueTask.FromResult(Read(resource));

    private byte[]? Read(TiledResource resource)
    {
        if (resource.Kind == ResourceKind.Entries)
        {
            var bundle = new ArrayBufferWriter<byte>();
            foreach (var entry in _entries.Skip((int)resource.Number * TiledResource.FullWidth).Take(resource.Width))
            {
                EntryBundle.Append(bundle, entry);
            }

            return bundle.WrittenSpan.ToArray();
        }

        if (resource.Kind != ResourceKind.Tile)
        {
            return null;
        }

        var hashes = _full.TryGetValue((resource.Level, resource.Number), out var full)
            ? full
            : Tree.Partial.Where(p => p.Tile.Level == resource.Level && p.Tile.Number == resource.Number).Select(p => p.Hashes.ToArray()).FirstOrDefault();
        return hashes is null || hashes.Length < resource.Width * MerkleHash.Size ? null : hashes[..(resource.Width * MerkleHash.Size)];
    }
}
