using System.Globalization;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
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
    /// <summary>Checks, and catches up with the log.</summary>
    /// <exception cref="StoreException">Something was changed, removed or put back; tells what, and what to do.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var witnessed = (cosigned?.ReadAll(identity.Origin) ?? []).Select(c => new KeptCheckpoint(c.Cosigned, c.Path));
        IReadOnlyList<KeptCheckpoint> kept = [.. witnessed.Concat(KeptCheckpoint.Of(tree, [file], identity)).OrderBy(k => k.Size)];
        var last = kept.Count > 0 ? kept[^1] : null;
        var head = await log.GetHeadAsync(cancellationToken);
        if (head < Math.Max(tree.Size, last?.Size ?? 0))
        {
            throw await SmallerAsync(head, last, cancellationToken);
        }

        var differs = await LastLeaves.FirstDifferenceAsync(tree, log, tree.Size, cancellationToken);
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

    private async ValueTask CheckRootsAsync(IEnumerable<KeptCheckpoint> kept, long? differs, CancellationToken cancellationToken)
    {
        foreach (var checkpoint in kept)
        {
            if (!await checkpoint.HoldsAsync(tree.Growing, cancellationToken))
            {
                throw Mismatch(
                    $"the tree of the first {checkpoint.Size} entries is not the one that was signed (checkpoint in {checkpoint.Where})"
                    + (differs is { } index ? $"; the first of the last entries that differs is {index}" : ""));
            }
        }
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
            + "or name the gap for ever and go on: gateway log recover --data DIR --declare-loss --reason TEXT (and --mirror DIR, where a second place is set)");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private StoreException Mismatch(string what) => new(
        $"The log does not go together with its tree and its checkpoints: {what}. Nothing is served. Keep the files as they are, they are "
        + $"evidence, and see what differs: gateway log verify --data DIR --reason TEXT. Then put back a copy of the log that is whole; {tree.Path} "
        + "alone may be moved away: it is made anew from the log and compared with the checkpoint.");
}
