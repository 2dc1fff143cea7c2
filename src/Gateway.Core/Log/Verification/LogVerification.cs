using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Verification;

/// <summary>
/// Checks a whole log, entry by entry, against keys that were got from elsewhere. Writes nothing, trusts nothing, and goes on after the
/// first fault. One use.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="trust">Whose signatures count.</param>
public sealed class LogVerification(ITiledLog log, LogTrust trust)
{
    /// <summary>Earlier checkpoints, kept or witnessed, whose signatures were verified: the log must go on from each.</summary>
    public IReadOnlyList<Checkpoint> Since { get; init; } = [];

    /// <summary>Another copy, such as the mirror: tells where a rewritten log first differs. Nothing else is taken from it.</summary>
    public ITiledLog? Reference { get; init; }

    /// <summary>How many entries the log itself holds, signed or not; null where nobody can tell.</summary>
    public long? Head { get; init; }

    public async ValueTask<LogReport> VerifyAsync(CancellationToken cancellationToken)
    {
        if (await log.ReadAsync(TiledResource.Checkpoint, cancellationToken) is not { } bytes)
        {
            return Failed([], [new LogFault(null, "There is no checkpoint: the log was never signed, or the checkpoint is lost.")]);
        }

        if (!SignedNote.TryParse(bytes, out var note))
        {
            return Failed([new LogFault(null, "The checkpoint is no signed note.")], []);
        }

        var judged = trust.Judge(note);
        return judged.Checkpoint is { } checkpoint
            ? await VerifyAsync(checkpoint, cancellationToken) with { Cosigned = judged.Cosigned }
            : Failed([new LogFault(null, judged.Fault!)], []);
    }

    private async ValueTask<LogReport> VerifyAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var scan = new LogScan(log, checkpoint.Head.Size, [.. Since.Select(s => s.Head.Size)]);
        await scan.RunAsync(cancellationToken);
        var tree = new TreeJudgement(scan, checkpoint.Head);
        await tree.RunAsync(cancellationToken);

        var integrity = new List<LogFault>([.. scan.Malformed, .. tree.Faults]);
        var completeness = new List<LogFault>([.. scan.Absent.Concat(tree.Absent).Where(a => !scan.Gaps.Any(g => IsPruned(a, g)))]);
        var known = 0L;
        foreach (var since in Since.OrderBy(s => s.Head.Size))
        {
            if (since.Origin != checkpoint.Origin)
            {
                integrity.Add(new LogFault(null, $"The earlier checkpoint is of another log, {since.Origin}."));
            }
            else if (since.Head.Size > checkpoint.Head.Size)
            {
                completeness.Add(new LogFault(
                    new TreeRange(checkpoint.Head.Size, since.Head.Size),
                    $"The log was cut or rolled back: it had {since.Head.Size} entries when the earlier checkpoint was signed, and has {checkpoint.Head.Size}."));
            }
            else if (await GoesOnFromAsync(since, checkpoint, scan, tree, cancellationToken))
            {
                known = since.Head.Size;
            }
            else
            {
                integrity.Add(new LogFault(
                    await FirstDifferingAsync(checkpoint, known, since.Head.Size, cancellationToken),
                    $"The log does not go on from the earlier checkpoint of {since.Head.Size} entries: it was rewritten, and signed again."));
            }
        }

        if (tree.IsRewritten)
        {
            integrity.Add(new LogFault(
                await FirstDifferingAsync(checkpoint, known, checkpoint.Head.Size, cancellationToken),
                scan.IsBroken ? "Too many tiles are missing to lead to the signed root." : "Entries and tiles agree with each other, and not with the signed root: they were rewritten."));
        }

        AddMissing(scan, completeness);
        if (Head < checkpoint.Head.Size)
        {
            completeness.Add(new LogFault(
                new TreeRange(Head.Value, checkpoint.Head.Size), $"The log holds {Head} entries, and its checkpoint covers {checkpoint.Head.Size}."));
        }

        return new LogReport
        {
            Checkpoint = checkpoint,
            Integrity = LogVerdict.Of(integrity),
            Completeness = LogVerdict.Of(completeness),
            Verified = tree.IsRewritten ? 0 : scan.Present - (tree.Recorded == scan.ByEntries ? 0 : scan.Differing.Count),
            Gaps = [.. scan.Gaps.Where(g => scan.Missing.Any(m => m.Start < g.Entries.End && g.Entries.Start < m.End))],
            NotSignedYet = Head is { } head ? Math.Max(0, head - checkpoint.Head.Size) : null,
        };
    }

    private async ValueTask<bool> GoesOnFromAsync(
        Checkpoint since, Checkpoint checkpoint, LogScan scan, TreeJudgement tree, CancellationToken cancellationToken)
    {
        var noted = (tree.Recorded is { } recorded ? [recorded] : new[] { scan.ByEntries, scan.ByTiles })
            .Select(t => since.Head.Size == 0 ? MerkleHash.Empty : t.RootAt(since.Head.Size)).ToArray();
        if (noted.Any(r => r is not null))
        {
            return noted.Contains(since.Head.Root);
        }

        try
        {
            // Its entries are gone: the tiles may still prove it.
            var proof = await new TreeReader(log, checkpoint.Head.Size).ConsistencyAsync(since.Head.Size, cancellationToken);
            return MerkleProof.IsConsistent(since.Head, checkpoint.Head, proof);
        }
        catch (MissingTileException)
        {
            return false;
        }
    }

    /// <summary>Where the log first differs from the other copy; without one, all that may.</summary>
    private async ValueTask<TreeRange> FirstDifferingAsync(Checkpoint checkpoint, long from, long to, CancellationToken cancellationToken)
    {
        var reference = Reference is not null && await Reference.ReadAsync(TiledResource.Checkpoint, cancellationToken) is { } bytes
            && SignedNote.TryParse(bytes, out var note) && Checkpoint.TryParse(note.Text, out var other) ? other.Head.Size : 0;
        for (var number = from / TiledResource.FullWidth; number * TiledResource.FullWidth < Math.Min(to, reference); number++)
        {
            var mine = await TileAsync(log, number, checkpoint.Head.Size, cancellationToken);
            var recorded = await TileAsync(Reference!, number, reference, cancellationToken);
            for (var i = 0; i < Math.Min(mine.Width, recorded.Width); i++)
            {
                if (recorded.Either(i) is { } hash && mine.Either(i) != hash)
                {
                    return new TreeRange(mine.First + i, mine.First + i + 1);
                }
            }
        }

        return new TreeRange(from, to);
    }

    private static ValueTask<ScannedTile> TileAsync(ITiledLog log, long number, long size, CancellationToken cancellationToken) =>
        ScannedTile.ReadAsync(log, number, (int)Math.Min(TiledResource.FullWidth, size - (number * TiledResource.FullWidth)), cancellationToken);

    private static void AddMissing(LogScan scan, List<LogFault> completeness)
    {
        foreach (var missing in scan.Missing)
        {
            var start = missing.Start;
            foreach (var gap in scan.Gaps.Select(g => g.Entries).OrderBy(g => g.Start).Append(new TreeRange(missing.End, missing.End)))
            {
                if (start < Math.Min(gap.Start, missing.End))
                {
                    var lost = new TreeRange(start, Math.Min(gap.Start, missing.End));
                    completeness.Add(new LogFault(lost, $"{lost.End - lost.Start} entries are missing, and no entry declares them lost or archived."));
                }

                start = Math.Max(start, gap.End);
            }
        }
    }

    // What was archived may be pruned with its tiles.
    private static bool IsPruned(LogFault absent, LogGap gap) =>
        gap.IsArchived && absent.Entries is { } entries && gap.Entries.Start <= entries.Start && entries.End <= gap.Entries.End;

    private static LogReport Failed(IEnumerable<LogFault> integrity, IEnumerable<LogFault> completeness) =>
        new() { Integrity = LogVerdict.Of(integrity), Completeness = LogVerdict.Of(completeness) };
}
