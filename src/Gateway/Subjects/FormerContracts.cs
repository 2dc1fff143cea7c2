using System.Collections.Concurrent;
using Gateway.Contracts;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Protos.Log.V1;

namespace Gateway.Subjects;

/// <summary>
/// Policy and contracts of a revision that was in force once, for entries that are older than the recipient's name in their scope.
/// </summary>
internal sealed class FormerContracts(RevisionStore revisions, Catalogue catalogue, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Snapshot?> _snapshots = new(StringComparer.Ordinal);

    /// <summary>The recipient and the sentence of the purpose then; null where the revision is not kept, or can no longer be read.</summary>
    public async ValueTask<(Partner? Recipient, string Promise)> FindAsync(Scope scope, CancellationToken cancellationToken)
    {
        if (!_snapshots.TryGetValue(scope.Revision, out var snapshot))
        {
            _snapshots[scope.Revision] = snapshot = await ReadAsync(scope.Revision, cancellationToken);
        }

        return (
            snapshot?.Contracts.FirstOrDefault(c => c.Name == scope.Contract)?.Partner,
            snapshot?.Policy.Purposes.GetValueOrDefault(scope.Purpose)?.Promise ?? "");
    }

    private async ValueTask<Snapshot?> ReadAsync(string revision, CancellationToken cancellationToken)
    {
        if (!Revision.IsWellFormed(revision))
        {
            return null;
        }

        try
        {
            return SnapshotCompiler.Compile(await revisions.ReadAsync(revision, cancellationToken), catalogue, clock.GetUtcNow()).Snapshot;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
