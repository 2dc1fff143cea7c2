using System.Globalization;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Notes;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>
/// What must hold at start, before anything is appended: the log is at least as long as what was signed, its tree has the root that was
/// signed, and the last entries are those of the tree. Then takes up the tree where it was left.
/// </summary>
/// <param name="tree">The tree.</param>
/// <param name="log">The log.</param>
/// <param name="identity">Whose checkpoints.</param>
/// <param name="file">The checkpoint outside the databases.</param>
/// <param name="feed">Told of the last checkpoint that holds.</param>
/// <param name="cosigned">What witnesses hold the log to; null where there are none.</param>
public sealed class TreeCheck(
    SqliteTree tree, ILogReader log, LogIdentity identity, CheckpointFile file, CheckpointFeed feed, CosignedFiles? cosigned = null)
{
    /// <summary>Entries at the end that are hashed anew: what an edit in haste would touch, and read in milliseconds.</summary>
    private const int Rehashed = 16 * TiledResource.FullWidth;

    /// <summary>Checks, and catches up with the log.</summary>
    /// <exception cref="StoreException">Something was changed, removed or put back; tells what, and what to do.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var witnessed = (cosigned?.ReadAll(identity.Origin) ?? []).Select(c => new KeptCheckpoint(c.Cosigned, c.Path));
        var kept = witnessed.Concat(new[] { Kept(tree.Signed, tree.Path), Kept(file.Read(), file.Path) }.OfType<KeptCheckpoint>()).ToList();
        var last = kept.OrderBy(k => k.Published.Checkpoint.Head.Size).LastOrDefault();
        var head = await log.GetHeadAsync(cancellationToken);
        if (head < Math.Max(tree.Size, last?.Size ?? 0))
        {
            throw await SmallerAsync(head, last, cancellationToken);
        }

        var differs = await DiffersAsync(cancellationToken);
        await CheckRootsAsync(kept.Where(k => k.Size <= tree.Size), differs, cancellationToken);
        if (differs is { } index)
        {
            throw Mismatch($"entry {index} is not the one whose hash the log's tree holds: it was changed, or is missing");
        }

        var stood = tree.Size;
        await CatchUpAsync(cancellationToken);
        await CheckRootsAsync(kept.Where(k => k.Size > stood), differs: null, cancellationToken);
        if (last is not null)
        {
            tree.Commit(last.Published.Note);
            file.Write(last.Published.Note);
            feed.Publish(last.Published);
        }
    }

    private KeptCheckpoint? Kept(SignedNote? note, string where)
    {
        if (note is null)
        {
            return null;
        }

        return identity.Verified(note) is { } checkpoint
            ? new KeptCheckpoint(new PublishedCheckpoint(note, checkpoint), where)
            : throw new StoreException(
                $"{where} holds a checkpoint that no key of this log has signed: it is another log's, it was changed, or the log's keys were. "
                + "Put back files that belong together.");
    }

    private async ValueTask CheckRootsAsync(IEnumerable<KeptCheckpoint> kept, long? differs, CancellationToken cancellationToken)
    {
        foreach (var checkpoint in kept)
        {
            var root = await new TreeReader(tree.Growing, checkpoint.Size).RootAsync(cancellationToken);
            if (root != checkpoint.Published.Checkpoint.Head.Root)
            {
                throw Mismatch(
                    $"the tree of the first {checkpoint.Size} entries is not the one that was signed (checkpoint in {checkpoint.Where})"
                    + (differs is { } index ? $"; the first of the last entries that differs is {index}" : ""));
            }
        }
    }

    /// <summary>The first of the last entries whose hash is not the tree's; null where all are.</summary>
    private async ValueTask<long?> DiffersAsync(CancellationToken cancellationToken)
    {
        var size = tree.Size;
        if (size == 0)
        {
            return null;
        }

        var first = Math.Max(0, ((size - 1) / TiledResource.FullWidth * TiledResource.FullWidth) - Rehashed + TiledResource.FullWidth);
        var (next, tile, number) = (first, ReadOnlyMemory<byte>.Empty, -1L);
        foreach (var leaf in await log.ReadAsync(first, (int)(size - first) + 1, cancellationToken))
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

            if (leaf.Index >= size)
            {
                return null;
            }

            if (leaf.Index / TiledResource.FullWidth != number)
            {
                number = leaf.Index / TiledResource.FullWidth;
                var width = (int)Math.Min(TiledResource.FullWidth, size - (number * TiledResource.FullWidth));
                tile = await tree.ReadAsync(TiledResource.Tile(0, number, width), cancellationToken);
            }

            var at = (int)(leaf.Index % TiledResource.FullWidth) * MerkleHash.Size;
            if (tile.Length < at + MerkleHash.Size || new MerkleHash(tile.Span.Slice(at, MerkleHash.Size)) != MerkleHash.OfLeaf(leaf.Bytes))
            {
                return leaf.Index;
            }

            next = leaf.Index + 1;
        }

        return next < size ? next : null;
    }

    private async ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        try
        {
            var growth = new TreeGrowth(tree, log);
            while (await growth.AppendOnceAsync(cancellationToken) > 0)
            {
            }

            tree.Commit(signed: null);
        }
        catch (LogMismatchException e)
        {
            throw Mismatch(e.Message);
        }
    }

    private async ValueTask<StoreException> SmallerAsync(long head, KeptCheckpoint? last, CancellationToken cancellationToken)
    {
        var size = Math.Max(tree.Size, last?.Size ?? 0);
        var ends = head == 0 ? null : (await log.ReadAsync(head - 1, limit: 1, cancellationToken))[0];
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"The log holds {head} entries{(ends is null ? "" : $", the last of {Time(Entry.Parser.ParseFrom(ends.Bytes).Time.ToDateTimeOffset())}")}, but it held {size}: "
            + $"entries {head} to {size - 1} are missing. {(last is null ? $"{tree.Path} holds their hashes" : $"The checkpoint in {last.Where} covers {last.Size}")}"
            + $"{(file.Changed is { } changed ? $"; the last one was kept at {Time(changed)}" : "")}. An older copy of the log was put back, or its end was removed. ");
        return new StoreException(
            text + "Put the newer log back. Where it is lost, take its entries from a second place: gateway log recover --data DIR --from TILES --reason TEXT; "
            + "or name the gap for ever and go on: gateway log recover --data DIR --declare-loss --reason TEXT");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private StoreException Mismatch(string what) => new(
        $"The log does not go together with its tree and its checkpoints: {what}. Nothing is served. Keep the files as they are, they are "
        + $"evidence, and see what differs: gateway log verify --data DIR --reason TEXT. Then put back a copy of the log that is whole; {tree.Path} "
        + "alone may be moved away: it is made anew from the log and compared with the checkpoint.");

    private sealed record KeptCheckpoint(PublishedCheckpoint Published, string Where)
    {
        public long Size => Published.Checkpoint.Head.Size;
    }
}
