using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;

namespace Gateway.Contracts;

/// <summary>Keeps a revision's bytes and records that it comes into force: before it does, so that no call runs under an unrecorded one.</summary>
internal sealed class ContractChangeRecorder(RevisionStore revisions, AdministrationLog administration, Catalogue catalogue, TimeProvider clock)
{
    /// <summary>A leaf takes 65,535 bytes; what does not fit is counted.</summary>
    private const int MostBytesOfLines = 28_000;

    /// <summary>
    /// At start: records what changed since the revision that was last in force; nothing where nothing did.
    /// </summary>
    /// <exception cref="LogUnavailableException">The log cannot take it: the gateway must not serve.</exception>
    public async Task RecordStartAsync(LoadedContracts loaded, CancellationToken cancellationToken)
    {
        var last = revisions.LastInForce;
        if (last != loaded.Snapshot.Revision)
        {
            await RecordAsync("contracts.load", last, await GrantedUnderAsync(last, cancellationToken), loaded.Files, loaded.Snapshot, cancellationToken);
        }
        else
        {
            await revisions.SaveAsync(loaded.Files, cancellationToken);
        }
    }

    /// <summary>While running: records the change from one snapshot to the next.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it: the change must not come into force.</exception>
    public Task RecordReloadAsync(Snapshot before, LoadedContracts next, CancellationToken cancellationToken) => RecordAsync(
        "contracts.reload", before.Revision, GrantedTriples.Of(before), next.Files, next.Snapshot, cancellationToken);

    /// <summary>Records that the staff changed.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it: the change must not come into force.</exception>
    public async Task RecordStaffAsync(StaffDirectory before, StaffDirectory next)
    {
        var (was, now) = (Lines(before), Lines(next));
        await administration.RecordAsync(new Entry.Types.Administration
        {
            Actor = "gateway",
            Action = "staff.reload",
            Target = ContractFile.Staff,
            Reason = $"the file changed; gained: {Joined(now.Except(was, StringComparer.Ordinal))}; lost: {Joined(was.Except(now, StringComparer.Ordinal))}",
        });
    }

    private async Task RecordAsync(
        string action, string? from, SortedSet<string> before, IReadOnlyList<ContractFile> files, Snapshot next, CancellationToken cancellationToken)
    {
        await revisions.SaveAsync(files, cancellationToken);
        var after = GrantedTriples.Of(next);
        var act = new Entry.Types.Administration
        {
            Actor = "gateway",
            Action = action,
            Target = next.Policy.Name,
            Reason = "the files changed",
            FromRevision = from ?? "",
            ToRevision = next.Revision,
        };
        act.Gained.Add(Fitting(after.Except(before, StringComparer.Ordinal)));
        act.Lost.Add(Fitting(before.Except(after, StringComparer.Ordinal)));
        await administration.RecordAsync(act);
        await revisions.MarkInForceAsync(next.Revision, CancellationToken.None);
    }

    // The bytes kept may be of a time when the protos had other fields: what no longer compiles is counted as having granted nothing.
    private async Task<SortedSet<string>> GrantedUnderAsync(string? revision, CancellationToken cancellationToken)
    {
        try
        {
            return GrantedTriples.Of(revision is null
                ? null
                : SnapshotCompiler.Compile(await revisions.ReadAsync(revision, cancellationToken), catalogue, clock.GetUtcNow()).Snapshot);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return GrantedTriples.Of(null);
        }
    }

    private static IEnumerable<string> Fitting(IEnumerable<string> lines)
    {
        var (bytes, left) = (0, 0);
        foreach (var line in lines)
        {
            bytes += line.Length + 4;
            if (bytes <= MostBytesOfLines)
            {
                yield return line;
            }
            else
            {
                left++;
            }
        }

        if (left > 0)
        {
            yield return $"and {left} more: compare the revisions";
        }
    }

    private static string[] Lines(StaffDirectory staff) => [.. staff.Members.SelectMany(m => m.Roles.Order().Select(r => $"{m.Id} {r}"))];

    private static string Joined(IEnumerable<string> lines) => string.Join(", ", lines) is { Length: > 0 } text ? text[..Math.Min(text.Length, 20_000)] : "nothing";
}
