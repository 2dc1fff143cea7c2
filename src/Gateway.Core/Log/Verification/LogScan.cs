using System.Security.Cryptography;
using Gateway.Core.Log.Tree;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Log.Verification;

/// <summary>
/// Reads every entry and every tile of leaves once, and builds two trees: over the entries as they are, and over what the tiles say of
/// them. Which of the two is right, only a signed root tells.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="size">How many leaves it commits to.</param>
/// <param name="since">Sizes at which both roots are noted, ascending.</param>
internal sealed class LogScan(ITiledLog log, long size, IReadOnlyList<long> since)
{
    private readonly Dictionary<TiledResource, byte[]?> _upper = [];
    private readonly Dictionary<ByteString, long> _scopes = [];

    /// <summary>The tree over the entries; where one is missing, over what the tile says of it.</summary>
    public ScannedTree ByEntries { get; } = new();

    /// <summary>The tree over what the tiles say. The same as the other until they first differ.</summary>
    public ScannedTree ByTiles { get; private set; } = null!;

    /// <summary>Indices where an entry and its tile differ, ascending.</summary>
    public List<long> Differing { get; } = [];

    /// <summary>Entries that are not there, ascending, not overlapping.</summary>
    public List<TreeRange> Missing { get; } = [];

    /// <summary>What is wrong with what is there, whichever tree is right.</summary>
    public List<LogFault> Malformed { get; } = [];

    /// <summary>Tiles, and scopes that entries refer to, that are not there.</summary>
    public List<LogFault> Absent { get; } = [];

    /// <summary>What entries declare missing.</summary>
    public List<LogGap> Gaps { get; } = [];

    /// <summary>Entries that are there.</summary>
    public long Present { get; private set; }

    /// <summary>True where tiles are missing so that no root can be told.</summary>
    public bool IsBroken { get; private set; }

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        for (long number = 0; number * TiledResource.FullWidth < size && !IsBroken; number++)
        {
            var width = (int)Math.Min(TiledResource.FullWidth, size - (number * TiledResource.FullWidth));
            var tile = await ScannedTile.ReadAsync(log, number, width, cancellationToken);
            Note(tile, number);
            ReadEntries(tile);
            await AppendAsync(tile, number, cancellationToken);
        }

        ByTiles ??= ByEntries;
        ByEntries.NoteIf(since);
        ByTiles.NoteIf(since);
        await CheckScopesAsync(cancellationToken);
    }

    /// <summary>A stored tile above the leaves; null where it is missing or of another length. Remembers it.</summary>
    public async ValueTask<byte[]?> UpperAsync(TiledResource tile, CancellationToken cancellationToken)
    {
        if (!_upper.TryGetValue(tile, out var hashes))
        {
            hashes = await log.ReadAsync(tile, cancellationToken);
            _upper[tile] = hashes = hashes?.Length == tile.Width * MerkleHash.Size ? hashes : null;
        }

        return hashes;
    }

    private void Note(ScannedTile tile, long number)
    {
        var all = new TreeRange(tile.First, tile.First + tile.Width);
        var path = TiledResource.Tile(0, number, tile.Width).Path;
        if (tile.HasWrongLength)
        {
            Malformed.Add(new LogFault(all, $"{path} is not as long as {tile.Width} hashes."));
        }
        else if (tile.Tile is null)
        {
            Absent.Add(new LogFault(all, $"{path} is missing."));
        }

        if (tile.HasMore)
        {
            Malformed.Add(new LogFault(new TreeRange(all.End - 1, all.End), $"{TiledResource.Entries(number, tile.Width).Path} holds more than its {tile.Width} entries."));
        }

        foreach (var place in tile.Missing)
        {
            var index = tile.First + place;
            if (Missing.Count > 0 && Missing[^1].End == index)
            {
                Missing[^1] = Missing[^1] with { End = index + 1 };
            }
            else
            {
                Missing.Add(new TreeRange(index, index + 1));
            }
        }

        Differing.AddRange(tile.Differing.Select(place => tile.First + place));
    }

    private void ReadEntries(ScannedTile tile)
    {
        for (var i = 0; i < Math.Min(tile.Width, tile.Entries.Count); i++)
        {
            Present += tile.Own[i] is null ? 0 : 1;
            if (!tile.Holds(i))
            {
                continue;
            }

            try
            {
                var entry = Entry.Parser.ParseFrom(tile.Entries[i].Span);
                if (!entry.Scope.IsEmpty)
                {
                    _scopes.TryAdd(entry.Scope, tile.First + i);
                }

                if (LogGap.TryFrom(entry, tile.First + i, out var gap))
                {
                    Gaps.Add(gap);
                }
            }
            catch (InvalidProtocolBufferException)
            {
                // Whatever was recorded counts, also what this version cannot read: its hash tells.
            }
        }
    }

    private async ValueTask AppendAsync(ScannedTile tile, long number, CancellationToken cancellationToken)
    {
        if (tile.Tile is null && tile.Own.Any(h => h is null))
        {
            // Neither entry nor hash: the level above still holds the root over a full tile.
            var above = TiledResource.Tile(1, number / TiledResource.FullWidth, UpperWidth(1, number / TiledResource.FullWidth));
            if (tile.Width < TiledResource.FullWidth || await UpperAsync(above, cancellationToken) is not { } hashes)
            {
                IsBroken = true;
                return;
            }

            var root = new MerkleHash(hashes.AsSpan((int)(number % TiledResource.FullWidth) * MerkleHash.Size, MerkleHash.Size));
            ByEntries.AppendTile(root);
            ByTiles?.AppendTile(root);
            return;
        }

        if (tile.Differing.Count > 0)
        {
            ByTiles ??= ByEntries.Fork();
        }

        for (var i = 0; i < tile.Width; i++)
        {
            ByEntries.NoteIf(since);
            ByTiles?.NoteIf(since);
            ByEntries.Append(tile.Own[i] ?? tile.Told(i)!.Value);
            ByTiles?.Append(tile.Told(i) ?? tile.Own[i]!.Value);
        }
    }

    /// <summary>How wide a tile of a log of this size is.</summary>
    public int UpperWidth(int level, long number) =>
        (int)Math.Min(TiledResource.FullWidth, (size >> (8 * level)) - (number * TiledResource.FullWidth));

    private async ValueTask CheckScopesAsync(CancellationToken cancellationToken)
    {
        foreach (var (hash, index) in _scopes)
        {
            var (at, name) = (new TreeRange(index, index + 1), Convert.ToHexStringLower(hash.Span));
            var bytes = hash.Length == MerkleHash.Size
                ? await log.ReadAsync(TiledResource.Scope(new MerkleHash(hash.Span)), cancellationToken)
                : null;
            if (bytes is null)
            {
                Absent.Add(new LogFault(at, $"The scope {name}, to which this entry refers first, is missing."));
            }
            else if (!SHA256.HashData(bytes).AsSpan().SequenceEqual(hash.Span))
            {
                Malformed.Add(new LogFault(at, $"The scope {name}, to which this entry refers first, is not what was recorded."));
            }
        }
    }
}
