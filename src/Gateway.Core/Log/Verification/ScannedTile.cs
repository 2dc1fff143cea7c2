using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Verification;

/// <summary>One tile of leaves with its entries, as the log has them; nothing trusted.</summary>
internal sealed class ScannedTile
{
    private ScannedTile(long number, int width, byte[]? tile, byte[]? bundle)
    {
        (First, Width) = (number * TiledResource.FullWidth, width);
        Tile = tile?.Length == width * MerkleHash.Size ? tile : null;
        HasWrongLength = tile is not null && Tile is null;
        Entries = bundle is null ? [] : EntryBundle.Read(bundle);
        HasMore = bundle is not null && (Entries.Count > width || bundle.Length != Entries.Sum(e => sizeof(ushort) + e.Length));
        Own = new MerkleHash?[width];
        for (var i = 0; i < Math.Min(width, Entries.Count); i++)
        {
            Own[i] = Entries[i].IsEmpty ? null : MerkleHash.OfLeaf(Entries[i].Span);
        }
    }

    /// <summary>Index of its first entry.</summary>
    public long First { get; }

    /// <summary>Entries it must have.</summary>
    public int Width { get; }

    /// <summary>The tile; null where it is missing or not as long as it must be.</summary>
    public byte[]? Tile { get; }

    /// <summary>True where the tile is there and of another length.</summary>
    public bool HasWrongLength { get; }

    /// <summary>The entries, perhaps too few or too many.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Entries { get; }

    /// <summary>True where the bundle holds more than its entries.</summary>
    public bool HasMore { get; }

    /// <summary>The hash of each entry that is there.</summary>
    public MerkleHash?[] Own { get; }

    public static async ValueTask<ScannedTile> ReadAsync(ITiledLog log, long number, int width, CancellationToken cancellationToken) => new(
        number, width, await log.ReadAsync(TiledResource.Tile(0, number, width), cancellationToken),
        await log.ReadAsync(TiledResource.Entries(number, width), cancellationToken));

    /// <summary>What the tile says of a place; null where there is no tile.</summary>
    public MerkleHash? Told(int place) => Tile is null ? null : new MerkleHash(Tile.AsSpan(place * MerkleHash.Size, MerkleHash.Size));

    /// <summary>The entry's own hash; where it is missing, what the tile says.</summary>
    public MerkleHash? Either(int place) => Own[place] ?? Told(place);

    /// <summary>True where the entry is there and nothing says that it is another.</summary>
    public bool Holds(int place) => Own[place] is { } own && (Tile is null || own == Told(place));

    /// <summary>Places whose entry is there and is not what the tile says.</summary>
    public IReadOnlyList<int> Differing => field ??= [.. Enumerable.Range(0, Tile is null ? 0 : Width).Where(i => Own[i] is not null && !Holds(i))];

    /// <summary>Places whose entry is not there: lost, or one that moved up took its place.</summary>
    public IEnumerable<int> Missing
    {
        get
        {
            if (Tile is null || Entries.Count == 0 || Entries.Count >= Width)
            {
                return Enumerable.Range(0, Width).Where(i => Own[i] is null);
            }

            var here = Own.Where(h => h is not null).Select(h => h!.Value).ToHashSet();
            return Enumerable.Range(0, Width).Where(i => !here.Contains(Told(i)!.Value));
        }
    }
}
