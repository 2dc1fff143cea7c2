using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Verification;

/// <summary>
/// Finds what departs from a signed root, and where first. The root can be led to from the entries, from the tiles of their hashes, or
/// from a level above: the lowest of them that leads to it is what was recorded, and what differs from it was changed.
/// </summary>
/// <param name="scan">What was read.</param>
/// <param name="signed">What the log commits to.</param>
internal sealed class TreeJudgement(LogScan scan, TreeHead signed)
{
    /// <summary>What was found.</summary>
    public List<LogFault> Faults { get; } = [];

    /// <summary>Tiles above the leaves that are not there.</summary>
    public List<LogFault> Absent { get; } = [];

    /// <summary>Which tree is the recorded one; null where neither is.</summary>
    public ScannedTree? Recorded { get; private set; }

    /// <summary>True where no level leads to the signed root: entries and tiles were rewritten to agree, or too much of both is gone.</summary>
    public bool IsRewritten { get; private set; }

    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        if (scan.ByEntries.Head == signed)
        {
            Recorded = scan.ByEntries;
            Faults.AddRange(scan.Differing.Select(OfTile));
            await CompareUpperAsync(Recorded, cancellationToken);
        }
        else if (scan.ByTiles.Head == signed)
        {
            Recorded = scan.ByTiles;
            Faults.AddRange(scan.Differing.Select(OfEntry));
            await CompareUpperAsync(Recorded, cancellationToken);
        }
        else if (scan.IsBroken || !await JudgeByLevelAboveAsync(cancellationToken))
        {
            IsRewritten = true;
            Faults.AddRange(scan.Differing.Select(i => new LogFault(One(i), "The entry and its hash in the tile differ, and neither leads to the signed root.")));
        }
    }

    private async ValueTask CompareUpperAsync(ScannedTree tree, CancellationToken cancellationToken)
    {
        foreach (var (tile, hashes) in tree.Upper)
        {
            if (await scan.UpperAsync(tile, cancellationToken) is not { } stored)
            {
                Absent.Add(new LogFault(Below(tile, 0, tile.Width), $"{tile.Path} is missing or not as long as {tile.Width} hashes."));
                continue;
            }

            for (var i = 0; i < tile.Width; i++)
            {
                if (!Hash(stored, i).SequenceEqual(Hash(hashes.Span, i)))
                {
                    Faults.Add(new LogFault(Below(tile, i, i + 1), $"{tile.Path} holds another hash at place {i} than the entries below it have."));
                }
            }
        }
    }

    private async ValueTask<bool> JudgeByLevelAboveAsync(CancellationToken cancellationToken)
    {
        for (var level = 1; signed.Size >> (8 * level) > 0; level++)
        {
            if (await LevelAsync(level, cancellationToken) is { } hashes && Tails(level).Any(tail => Join(tail, hashes) == signed.Root))
            {
                JudgeBelow(level, hashes);
                return true;
            }
        }

        return false;
    }

    private async ValueTask<byte[]?> LevelAsync(int level, CancellationToken cancellationToken)
    {
        var all = new List<byte>();
        for (long number = 0; number * TiledResource.FullWidth < signed.Size >> (8 * level); number++)
        {
            if (await scan.UpperAsync(TiledResource.Tile(level, number, scan.UpperWidth(level, number)), cancellationToken) is not { } hashes)
            {
                return null;
            }

            all.AddRange(hashes);
        }

        return [.. all];
    }

    /// <summary>What may stand right of the full subtrees of a level: the partial tiles below it, by entries or by tiles.</summary>
    private IEnumerable<MerkleHash?> Tails(int level) => new[] { scan.ByEntries, scan.ByTiles }.Select(tree => tree.Tail(level));

    private void JudgeBelow(int level, byte[] hashes)
    {
        var span = 1L << (8 * level);
        var (entries, tiles) = (scan.ByEntries.Level(level), scan.ByTiles.Level(level));
        for (var i = 0; i < hashes.Length / MerkleHash.Size; i++)
        {
            var range = new TreeRange(i * span, (i + 1) * span);
            if (Hash(entries, i).SequenceEqual(Hash(hashes, i)))
            {
                Faults.AddRange(Within(range).Select(OfTile));
            }
            else if (Hash(tiles, i).SequenceEqual(Hash(hashes, i)))
            {
                Faults.AddRange(Within(range).Select(OfEntry));
            }
            else
            {
                Faults.Add(new LogFault(range, $"Entries and their tiles were rewritten together; tile level {level} still holds what was recorded."));
            }
        }

        Faults.AddRange(Within(new TreeRange(hashes.Length / MerkleHash.Size * span, signed.Size)).Select(OfEntry));
    }

    private IEnumerable<long> Within(TreeRange range) => scan.Differing.Where(i => i >= range.Start && i < range.End);

    private static LogFault OfEntry(long index) => new(One(index), "The entry is not the one that was recorded.");

    private static LogFault OfTile(long index) => new(One(index), "The tile holds another hash for the entry, which itself is as recorded.");

    private static TreeRange One(long index) => new(index, index + 1);

    private TreeRange Below(TiledResource tile, int from, int to)
    {
        var (first, span) = (tile.Number * TiledResource.FullWidth, 1L << (8 * tile.Level));
        return new TreeRange((first + from) * span, Math.Min((first + to) * span, signed.Size));
    }

    private static ReadOnlySpan<byte> Hash(ReadOnlySpan<byte> hashes, int place) => hashes.Slice(place * MerkleHash.Size, MerkleHash.Size);

    /// <summary>The root over full subtrees and what stands right of them.</summary>
    private static MerkleHash Join(MerkleHash? tail, ReadOnlySpan<byte> hashes)
    {
        var root = tail;
        var count = hashes.Length / MerkleHash.Size;
        for (var (end, bit) = (count, 1); end > 0; bit <<= 1)
        {
            if ((count & bit) != 0)
            {
                var subtree = MerkleHash.OfRange(hashes.Slice((end - bit) * MerkleHash.Size, bit * MerkleHash.Size));
                root = root is { } right ? MerkleHash.OfNode(subtree, right) : subtree;
                end -= bit;
            }
        }

        return root!.Value;
    }
}
