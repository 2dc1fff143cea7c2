using Gateway.Authentication;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Erasure;
using Gateway.Hosting;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Stores.Sqlite.Log.Tree;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>Retention: the front of the log goes once somebody has archived and verified it. The tree keeps its hashes. Staff listener only.</summary>
[Authorize(Policy = StaffPolicies.ArchiveLog)]
internal sealed class ArchiveService(
    SqliteDisclosureLog store,
    ILogReader log,
    SqliteLogIndex index,
    SqliteTree tree,
    LogIdentity identity,
    CheckpointFeed checkpoints,
    IEnumerable<LogMirror> mirrors,
    SubjectEraser eraser,
    AdministrationLog administration,
    TimeProvider clock)
    : Protos.Admin.V1.ArchiveService.ArchiveServiceBase
{
    /// <summary>How long a signature may take; one is made each second.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    public override async Task<PlanPruneResponse> PlanPrune(PlanPruneRequest request, ServerCallContext context)
    {
        if (request.Before is null)
        {
            throw Invalid("`before` is needed: entries made before this instant could go.");
        }

        var old = await LogTimes.AllBeforeAsync(log, request.Before.ToDateTimeOffset(), context.CancellationToken);
        // The second place copies entries from here: what goes before it has them is never in it.
        var kept = mirrors.Select(m => m.Copied).Append(checkpoints.Latest?.Checkpoint.Head.Size ?? 0).Min();
        var whole = Math.Min(old, kept) / TiledResource.FullWidth * TiledResource.FullWidth;
        return new PlanPruneResponse { MinimumIndex = store.MinimumIndex, NewMinimumIndex = Math.Max(store.MinimumIndex, whole) };
    }

    public override async Task<PruneEntriesResponse> PruneEntries(PruneEntriesRequest request, ServerCallContext context)
    {
        var reason = StaffRequest.Reason(request.Reason);
        var archived = await VerifiedAsync(request.Checkpoint.Span.ToArray(), context.CancellationToken);
        var minimum = request.NewMinimumIndex;
        if (minimum <= store.MinimumIndex || minimum % TiledResource.FullWidth != 0 || minimum > archived.Size)
        {
            throw Invalid($"`new_minimum_index` must be a multiple of 256 above {store.MinimumIndex} and at most {archived.Size}, which the checkpoint covers.");
        }

        if (mirrors.FirstOrDefault(m => m.Trouble is not null || m.Copied < minimum) is { } behind)
        {
            throw new RpcException(new Status(
                StatusCode.FailedPrecondition,
                $"The log's second place does not hold all that would go ({behind.Trouble ?? $"{behind.Copied} entries are there"}), so nothing is pruned. "
                + "Wait until /readyz tells that it has caught up, or mend it, then try again."));
        }

        try
        {
            // A hold or a forget is an entry: it would end with its own.
            await eraser.CarryOverAsync(minimum, context.CancellationToken);
            var receipt = await administration.RecordAsync(new Entry.Types.Administration
            {
                Actor = StaffRequest.Actor(context),
                Action = LogGap.Archive,
                Target = LogGap.Target(new TreeRange(0, minimum)),
                Reason = reason,
            });
            // Signed first: no checkpoint is ever without the entry that tells what is missing.
            await checkpoints.AfterAsync(store.Head - 1, context.CancellationToken).AsTask().WaitAsync(s_patience, clock, context.CancellationToken);
            await store.PruneAsync(minimum);
            await index.PruneAsync(minimum, CancellationToken.None);
            return new PruneEntriesResponse { MinimumIndex = store.MinimumIndex, Receipt = receipt.ToString() };
        }
        catch (TimeoutException)
        {
            throw new RpcException(new Status(
                StatusCode.Unavailable, "The archive is recorded, but no checkpoint covers the record yet, so nothing is pruned. See the gateway's health, then try again."));
        }
        catch (Exception e) when (e is LogUnavailableException or ErasureException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The disclosure log or the file of forgotten customers cannot be written, so nothing is pruned. Mend the data folder and try again."));
        }
    }

    /// <summary>The head against which the archive was verified: signed by this log, and what its tree was then.</summary>
    private async ValueTask<TreeHead> VerifiedAsync(byte[] note, CancellationToken cancellationToken)
    {
        if (!SignedNote.TryParse(note, out var signed) || identity.Verified(signed) is not { } checkpoint || checkpoint.Head.Size > tree.Committed)
        {
            throw Invalid("`checkpoint` is not a checkpoint that this log has signed.");
        }

        return await new TreeReader(tree, checkpoint.Head.Size).RootAsync(cancellationToken) == checkpoint.Head.Root
            ? checkpoint.Head
            : throw new RpcException(new Status(
                StatusCode.FailedPrecondition, "The archive's checkpoint is not one of this log's tree: nothing is pruned. Run `gateway log verify`."));
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
