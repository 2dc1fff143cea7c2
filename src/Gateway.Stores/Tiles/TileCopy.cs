using System.Buffers;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Stores.Tiles;

/// <summary>
/// Brings a folder up to a log's checkpoint, and verifies all that it takes: entries against their hashes, those against the signed
/// root, and that the log goes on from what the folder has. The checkpoint is written last, so a kill at any moment leaves the old
/// copy valid and the next run goes on from it. What the log lost and the folder still has is kept. One use, one writer a folder.
/// </summary>
/// <param name="source">The log.</param>
/// <param name="folder">Made where it does not exist.</param>
/// <param name="trust">Whose signatures count.</param>
public sealed class TileCopy(ITiledLog source, string folder, LogTrust trust)
{
    private readonly SyncedFolder _writer = new(folder);
    private readonly FolderTiledLog _copy = new(folder);
    private readonly HashSet<ByteString> _scopes = [];

    /// <summary>Copies what the folder does not have yet.</summary>
    /// <returns>What the folder commits to now; null where the log has no checkpoint yet.</returns>
    /// <exception cref="TileCopyException">The log, or the folder, is not what it must be. The folder's own checkpoint stays as it was.</exception>
    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder may not be read or written.</exception>
    public async ValueTask<Checkpoint?> RunAsync(CancellationToken cancellationToken)
    {
        if (await source.ReadAsync(TiledResource.Checkpoint, cancellationToken) is not { } bytes)
        {
            return null;
        }

        var now = Trusted(bytes, trust, "the log");
        var kept = await _copy.ReadAsync(TiledResource.Checkpoint, cancellationToken);
        var before = kept is null ? Fresh(now) : Trusted(kept, trust with { Witnesses = [] }, folder);
        if (before.Origin != now.Origin)
        {
            throw new TileCopyException($"{folder} holds the log {before.Origin}, and this is {now.Origin}: name a folder of its own.");
        }

        if (before.Head.Size > now.Head.Size)
        {
            throw new TileCopyException(
                $"{folder} holds {before.Head.Size} entries that were signed, and the log's checkpoint covers {now.Head.Size}: the log was cut or restored.", now.Head.Size);
        }

        if (before.Head != now.Head)
        {
            await GrowAsync(before.Head, now.Head, cancellationToken);
        }

        if (kept is null || !kept.AsSpan().SequenceEqual(bytes))
        {
            _writer.Write(TiledResource.Checkpoint.Path, bytes);
            _writer.Sync();
        }

        return now;
    }

    private static Checkpoint Trusted(byte[] bytes, LogTrust trust, string whose)
    {
        if (!SignedNote.TryParse(bytes, out var note))
        {
            throw new TileCopyException($"The checkpoint of {whose} is no signed note.");
        }

        var judged = trust.Judge(note);
        return judged.Checkpoint ?? throw new TileCopyException($"The checkpoint of {whose} is not trusted. {judged.Fault}");
    }

    private Checkpoint Fresh(Checkpoint now) => _writer.HoldsOnly("tile", "scopes", "forgotten")
        ? now with { Head = TreeHead.Empty }
        : throw new TileCopyException($"{folder} holds other things and no checkpoint: name an empty folder.");

    private async ValueTask GrowAsync(TreeHead before, TreeHead now, CancellationToken cancellationToken)
    {
        var tree = await ResumeAsync(before, cancellationToken);
        var full = new List<TiledResource>();
        for (var number = before.Size / TiledResource.FullWidth; number * TiledResource.FullWidth < now.Size; number++)
        {
            var width = Width(now.Size, 0, number);
            await CopyTileAsync(tree, number, width, (int)Math.Max(0, before.Size - (number * TiledResource.FullWidth)), now.Size, full, cancellationToken);
        }

        if (tree.Size != now.Size || tree.Root != now.Root)
        {
            throw new TileCopyException(
                before.Size == 0
                    ? "The log's entries and tiles do not lead to its signed root: it was changed after it was signed."
                    : $"The log does not go on from the {before.Size} entries that {folder} has: it was rewritten, and signed again.");
        }

        foreach (var (tile, hashes) in tree.Partial.Where(p => p.Tile.Level > 0))
        {
            _writer.Write(tile.Path, hashes.Span);
        }

        // What is full needs its parts no more; a reader who asks for one gets it from the whole.
        _writer.Sync();
        foreach (var tile in full)
        {
            _writer.DeleteFolder(tile.Path + ".p");
        }
    }

    private async ValueTask<TileTree> ResumeAsync(TreeHead before, CancellationToken cancellationToken)
    {
        var partial = new Dictionary<TiledResource, byte[]>();
        for (var level = 0; before.Size >> (8 * level) > 0; level++)
        {
            var count = before.Size >> (8 * level);
            if (count % TiledResource.FullWidth > 0)
            {
                var tile = TiledResource.Tile(level, count / TiledResource.FullWidth, (int)(count % TiledResource.FullWidth));
                var hashes = await _copy.ReadAsync(tile, cancellationToken);
                partial[tile] = hashes?.Length == tile.Width * MerkleHash.Size ? hashes : throw Damaged();
            }
        }

        var tree = TileTree.Resume(before.Size, tile => partial[tile]);
        return tree.Root == before.Root ? tree : throw Damaged();
    }

    private TileCopyException Damaged() =>
        new($"{folder} is damaged: its tiles do not lead to its own checkpoint. Move it away, and copy to an empty folder.");

    private async ValueTask CopyTileAsync(
        TileTree tree, long number, int width, int had, long size, List<TiledResource> full, CancellationToken cancellationToken)
    {
        var tile = await source.ReadAsync(TiledResource.Tile(0, number, width), cancellationToken);
        var bundle = await source.ReadAsync(TiledResource.Entries(number, width), cancellationToken);
        void Completed(TiledResource completed, ReadOnlySpan<byte> hashes)
        {
            _writer.Write(completed.Path, hashes);
            full.Add(completed);
        }

        if (tile is null && bundle is null && width == TiledResource.FullWidth && had == 0)
        {
            tree.AppendTile(await RootOfPrunedAsync(number, size, cancellationToken), Completed);
            return;
        }

        var entries = await EntriesAsync(number, width, had, bundle, cancellationToken);
        var (hashes, copied, isLeft) = (new byte[width * MerkleHash.Size], new ArrayBufferWriter<byte>(), false);
        for (var i = 0; i < width; i++)
        {
            var index = (number * TiledResource.FullWidth) + i;
            MerkleHash? told = tile?.Length == width * MerkleHash.Size ? new MerkleHash(tile.AsSpan(i * MerkleHash.Size, MerkleHash.Size)) : null;
            MerkleHash? own = entries[i].IsEmpty ? null : MerkleHash.OfLeaf(entries[i].Span);
            if ((own ?? told) is not { } hash)
            {
                throw new TileCopyException($"Entry {index} and its hash are missing.", index);
            }

            if (told is not null && told != hash)
            {
                throw new TileCopyException($"Entry {index} is not the one that its tile holds the hash of.", index);
            }

            hash.CopyTo(hashes.AsSpan(i * MerkleHash.Size));
            EntryBundle.Append(copied, entries[i].Span);
            isLeft |= !entries[i].IsEmpty;
            if (i >= had)
            {
                await CopyScopeAsync(entries[i], index, cancellationToken);
                tree.Append(hash, Completed);
            }
        }

        // The full tile is written as the tree completes it.
        if (width < TiledResource.FullWidth)
        {
            _writer.Write(TiledResource.Tile(0, number, width).Path, hashes);
        }
        else
        {
            full.Add(TiledResource.Entries(number));
        }

        if (isLeft)
        {
            _writer.Write(TiledResource.Entries(number, width).Path, copied.WrittenSpan);
        }
    }

    /// <summary>The log's entries; where it lost one that the folder has, the folder's.</summary>
    private async ValueTask<ReadOnlyMemory<byte>[]> EntriesAsync(long number, int width, int had, byte[]? bundle, CancellationToken cancellationToken)
    {
        var entries = new ReadOnlyMemory<byte>[width];
        var given = bundle is null ? [] : EntryBundle.Read(bundle);
        for (var i = 0; i < Math.Min(width, given.Count); i++)
        {
            entries[i] = given[i];
        }

        if (had > 0 && await _copy.ReadAsync(TiledResource.Entries(number, had), cancellationToken) is { } kept)
        {
            var mine = EntryBundle.Read(kept);
            for (var i = 0; i < Math.Min(had, mine.Count); i++)
            {
                entries[i] = entries[i].IsEmpty ? mine[i] : entries[i];
            }
        }

        return entries;
    }

    private async ValueTask<MerkleHash> RootOfPrunedAsync(long number, long size, CancellationToken cancellationToken)
    {
        var above = number / TiledResource.FullWidth;
        var tile = TiledResource.Tile(1, above, Width(size, 1, above));
        var hashes = await source.ReadAsync(tile, cancellationToken);
        return hashes?.Length == tile.Width * MerkleHash.Size
            ? new MerkleHash(hashes.AsSpan((int)(number % TiledResource.FullWidth) * MerkleHash.Size, MerkleHash.Size))
            : throw new TileCopyException($"{TiledResource.Tile(0, number).Path} is missing, and {tile.Path} with it.", number * TiledResource.FullWidth);
    }

    private async ValueTask CopyScopeAsync(ReadOnlyMemory<byte> entry, long index, CancellationToken cancellationToken)
    {
        if (entry.IsEmpty || ScopeOf(entry) is not { Length: MerkleHash.Size } hash || !_scopes.Add(hash))
        {
            return;
        }

        var scope = TiledResource.Scope(new MerkleHash(hash.Span));
        var bytes = await _copy.ReadAsync(scope, cancellationToken) is { } kept && IsScope(kept, hash)
            ? null
            : await source.ReadAsync(scope, cancellationToken) ?? throw new TileCopyException($"The scope of entry {index} is missing.", index);
        if (bytes is not null)
        {
            _writer.Write(scope.Path, IsScope(bytes, hash) ? bytes : throw new TileCopyException($"The scope of entry {index} is not what was recorded.", index));
        }
    }

    private static bool IsScope(byte[] bytes, ByteString hash) => System.Security.Cryptography.SHA256.HashData(bytes).AsSpan().SequenceEqual(hash.Span);

    private static ByteString? ScopeOf(ReadOnlyMemory<byte> entry)
    {
        try
        {
            return Entry.Parser.ParseFrom(entry.Span).Scope;
        }
        catch (InvalidProtocolBufferException)
        {
            // What this version cannot read refers to nothing that it knows.
            return null;
        }
    }

    private static int Width(long size, int level, long number) =>
        (int)Math.Min(TiledResource.FullWidth, (size >> (8 * level)) - (number * TiledResource.FullWidth));
}

/// <summary>A copy was refused: the log or the folder is not what it must be.</summary>
/// <param name="message">What, and what to do.</param>
/// <param name="index">The first entry that it concerns; null where it concerns none.</param>
public sealed class TileCopyException(string message, long? index = null) : Exception(message)
{
    /// <summary>The first entry that it concerns; null where it concerns none.</summary>
    public long? Index { get; } = index;
}
