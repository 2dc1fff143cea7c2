using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Tiles;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Log;

/// <summary>Archives a log and has it pruned, in the only safe order: planned, copied, read back whole, then pruned.</summary>
/// <param name="log">The running gateway's.</param>
/// <param name="service">Plans and prunes.</param>
/// <param name="folder">Of the archive.</param>
/// <param name="trust">Whose signatures count.</param>
internal sealed class LogArchive(OpenedLog log, ArchiveService.ArchiveServiceClient service, string folder, LogTrust trust)
{
    /// <exception cref="CommandFailure">The archive is not whole, or the gateway said no: nothing was pruned.</exception>
    public async Task<ArchivedLog> RunAsync(DateTimeOffset before, string reason, CancellationToken cancellationToken)
    {
        var plan = await AskAsync(() => service.PlanPruneAsync(
            new PlanPruneRequest { Before = Timestamp.FromDateTimeOffset(before) }, cancellationToken: cancellationToken).ResponseAsync);
        await log.CopyAsync(folder, trust, cancellationToken);
        var archive = new FolderTiledLog(folder);
        var report = await new LogVerification(archive, trust with { Witnesses = [] }).VerifyAsync(cancellationToken);
        var size = report.Checkpoint?.Head.Size ?? 0;
        if (!report.IsWhole || size < plan.NewMinimumIndex
            || report.Gaps.Any(g => g.IsArchived && g.Entries.Start < plan.NewMinimumIndex && plan.MinimumIndex < g.Entries.End))
        {
            var faults = report.Integrity.Faults.Concat(report.Completeness.Faults).Select(f => f.What).DefaultIfEmpty("It does not hold all that would be pruned.");
            throw new CommandFailure(
                ExitCode.CheckFailed, $"The archive in {folder} is not whole, so nothing was pruned. {faults.First()}", "archive to an empty folder; `gateway log verify --tiles DIR` tells all that is wrong");
        }

        if (plan.NewMinimumIndex == plan.MinimumIndex)
        {
            return new ArchivedLog(folder, size, plan.MinimumIndex, plan.MinimumIndex, plan.MinimumIndex, "");
        }

        var checkpoint = await archive.ReadAsync(TiledResource.Checkpoint, cancellationToken);
        var pruned = await AskAsync(() => service.PruneEntriesAsync(
            new PruneEntriesRequest { NewMinimumIndex = plan.NewMinimumIndex, Checkpoint = ByteString.CopyFrom(checkpoint), Reason = reason },
            cancellationToken: cancellationToken).ResponseAsync);
        return new ArchivedLog(folder, size, plan.MinimumIndex, plan.NewMinimumIndex - 1, pruned.MinimumIndex, pruned.Receipt);
    }

    private static Task<T> AskAsync<T>(Func<Task<T>> call) => ExplainedCall.RunAsync("Archiving the log is for staff with the role privacy.", call);
}

/// <summary>What was archived.</summary>
/// <param name="Folder">Where.</param>
/// <param name="Entries">How many entries the archive covers, from the log's beginning.</param>
/// <param name="From">First entry that went.</param>
/// <param name="To">Last entry that went; less than <paramref name="From"/> or equal to it where none did.</param>
/// <param name="MinimumIndex">First entry that the gateway still holds.</param>
/// <param name="Receipt">Of the act's entry; empty where nothing went.</param>
internal sealed record ArchivedLog(string Folder, long Entries, long From, long To, long MinimumIndex, string Receipt);
