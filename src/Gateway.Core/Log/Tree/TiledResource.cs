using System.Globalization;

namespace Gateway.Core.Log.Tree;

/// <summary>
/// Names one resource of a tiled log, as c2sp.org/tlog-tiles lays them out below a prefix: <c>checkpoint</c>, <c>tile/L/N[.p/W]</c>,
/// <c>tile/entries/N[.p/W]</c>; and, beside the standard, <c>scopes/HEX</c>. A value.
/// </summary>
public readonly record struct TiledResource
{
    /// <summary>Hashes in a full tile, entries in a full bundle.</summary>
    public const int FullWidth = 256;

    /// <summary>The highest level that the standard knows.</summary>
    public const int MaxLevel = 63;

    private TiledResource(ResourceKind kind, int level, long number, int width, MerkleHash scope)
    {
        (Kind, Level, Number, Width, ScopeHash) = (kind, level, number, width, scope);
    }

    /// <summary>The checkpoint.</summary>
    public static TiledResource Checkpoint { get; } = new(ResourceKind.Checkpoint, 0, 0, 0, default);

    public ResourceKind Kind { get; }

    /// <summary>Of a tile: 0 holds the leaves' hashes.</summary>
    public int Level { get; }

    /// <summary>Of a tile or bundle: its place in its level, from 0.</summary>
    public long Number { get; }

    /// <summary>Of a tile or bundle: 1 to 256; below 256 it is partial.</summary>
    public int Width { get; }

    /// <summary>Of a scope: its SHA-256.</summary>
    public MerkleHash ScopeHash { get; }

    /// <summary>A tile of hashes.</summary>
    public static TiledResource Tile(int level, long number, int width = FullWidth) => new(ResourceKind.Tile, level, number, width, default);

    /// <summary>A bundle of entries.</summary>
    public static TiledResource Entries(long number, int width = FullWidth) => new(ResourceKind.Entries, 0, number, width, default);

    /// <summary>A scope by its SHA-256.</summary>
    public static TiledResource Scope(MerkleHash hash) => new(ResourceKind.Scope, 0, 0, 0, hash);

    /// <summary>The path below the log's prefix, without a leading slash.</summary>
    public string Path => Kind switch
    {
        ResourceKind.Checkpoint => "checkpoint",
        ResourceKind.Tile => $"tile/{Level.ToString(CultureInfo.InvariantCulture)}/{Place}",
        ResourceKind.Entries => $"tile/entries/{Place}",
        _ => $"scopes/{Convert.ToHexStringLower(ScopeHash.ToBytes())}",
    };

    /// <summary>Parses a path; false for what names no resource, also where numbers carry zeroes too many.</summary>
    public static bool TryParse(string path, out TiledResource resource)
    {
        resource = Checkpoint;
        var parts = path.Split('/');
        var known = parts switch
        {
            ["checkpoint"] => true,
            ["scopes", { Length: 2 * MerkleHash.Size } hex] => TryScope(hex, out resource),
            ["tile", "entries", .. var place] => TryPlace(place, out var number, out var width) && Set(Entries(number, width), out resource),
            ["tile", var text, .. var place] => TryNumber(text, MaxLevel, out var level) && TryPlace(place, out var number, out var width)
                && Set(Tile(level, number, width), out resource),
            _ => false,
        };
        return known && resource.Path == path;
    }

    /// <summary>
    /// Tiles and bundles that a log of <paramref name="size"/> has and a log of <paramref name="since"/> has not: full ones and the
    /// partial ones at the right edge.
    /// </summary>
    public static IEnumerable<TiledResource> Between(long since, long size)
    {
        for (var level = 0; level <= MaxLevel / 8 && size >> (8 * level) > 0; level++)
        {
            var (before, now) = (since >> (8 * level), size >> (8 * level));
            for (var number = before / FullWidth; number * FullWidth < now; number++)
            {
                var width = (int)Math.Min(FullWidth, now - (number * FullWidth));
                if ((number * FullWidth) + width > before)
                {
                    yield return Tile(level, number, width);
                    if (level == 0)
                    {
                        yield return Entries(number, width);
                    }
                }
            }
        }
    }

    public override string ToString() => Path;

    // "x001/x234/067", and ".p/W" behind it where it is partial.
    private string Place
    {
        get
        {
            var place = (Number % 1000).ToString("000", CultureInfo.InvariantCulture);
            for (var rest = Number / 1000; rest > 0; rest /= 1000)
            {
                place = $"x{(rest % 1000).ToString("000", CultureInfo.InvariantCulture)}/{place}";
            }

            return Width == FullWidth ? place : $"{place}.p/{Width.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    private static bool TryPlace(string[] parts, out long number, out int width)
    {
        (number, width) = (0, FullWidth);
        if (parts.Length >= 2 && parts[^2].EndsWith(".p", StringComparison.Ordinal))
        {
            if (!TryNumber(parts[^1], FullWidth - 1, out width) || width == 0)
            {
                return false;
            }

            parts = [.. parts[..^2], parts[^2][..^2]];
        }

        // Six groups hold every number up to 2^56, which is all that a tree of 2^63 leaves can have.
        if (parts.Length is 0 or > 6)
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            var digits = i < parts.Length - 1 && parts[i].StartsWith('x') ? parts[i][1..] : parts[i];
            if (digits.Length != 3 || !digits.All(char.IsAsciiDigit))
            {
                return false;
            }

            number = (number * 1000) + int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return true;
    }

    private static bool TryNumber(string text, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= max;

    private static bool TryScope(string hex, out TiledResource resource)
    {
        var hash = new byte[MerkleHash.Size];
        var parsed = Convert.FromHexString(hex, hash, out _, out _) == System.Buffers.OperationStatus.Done;
        resource = Scope(new MerkleHash(hash));
        return parsed;
    }

    private static bool Set(TiledResource value, out TiledResource resource)
    {
        resource = value;
        return true;
    }
}
