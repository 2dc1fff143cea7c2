using System.Runtime.CompilerServices;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>What permission does to one stream in one of its rounds. Owned by the round.</summary>
internal sealed class PermissionTurn(IGrantReader reader, GrantPermission permission, WatchState state, TimeProvider clock)
{
    /// <summary>Keys given whose permission is asked for again in one round.</summary>
    public const int Rechecked = 1000;

    private readonly DateTimeOffset _now = clock.GetUtcNow();

    /// <summary>Open rows of subjects who said something since the last round, in runs.</summary>
    public async IAsyncEnumerable<ChangedPermissions> ChangedAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = new PreferenceCursor(state.ToldUpTo - WatchState.Overlap, "");
        while (true)
        {
            var changes = await permission.ListChangesAsync(from, Watcher.RunLength, cancellationToken);
            var run = new List<SourceRow>();
            foreach (var subject in changes.Where(c => state.Heeds(c, _now)).Select(c => c.SubjectId).Distinct(StringComparer.Ordinal))
            {
                await foreach (var row in OpenOfAsync(subject, cancellationToken))
                {
                    run.Add(row);
                    if (run.Count == Watcher.RunLength)
                    {
                        yield return await JudgeAsync(run, cancellationToken);
                        run = [];
                    }
                }
            }

            if (run.Count > 0)
            {
                yield return await JudgeAsync(run, cancellationToken);
            }

            if (changes.Count < Watcher.RunLength)
            {
                yield break;
            }

            from = new PreferenceCursor(changes[^1].ChangedAt, changes[^1].SubjectId);
        }
    }

    /// <summary>Some of what this stream gave and has no permission any more: found without anybody having said so.</summary>
    public async ValueTask<List<Departure>> GivenWithoutPermissionAsync(CancellationToken cancellationToken)
    {
        var given = state.NextGiven(Rechecked);
        if (given.Count == 0)
        {
            return [];
        }

        var relied = await permission.AskAsync([.. given.Select(g => new PermissionQuestion(g.Row.SubjectId, g.Row.List))], clock.GetUtcNow(), cancellationToken);
        return [.. given.Where((_, i) => relied[i] is null).Select(g => Withdrawn(g.Key, g.Row.SubjectId, g.Row.UpdatedAt))];
    }

    private async IAsyncEnumerable<SourceRow> OpenOfAsync(string subject, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = Cursor.Start;
        while (true)
        {
            var rows = await reader.ListOpenOfSubjectAsync(subject, from, Watcher.RunLength, _now, cancellationToken);
            foreach (var row in rows)
            {
                yield return row;
            }

            if (rows.Count < Watcher.RunLength)
            {
                yield break;
            }

            from = new Cursor(rows[^1].UpdatedAt, rows[^1].Key);
        }
    }

    private async ValueTask<ChangedPermissions> JudgeAsync(List<SourceRow> rows, CancellationToken cancellationToken)
    {
        var relied = await permission.AskAsync([.. rows.Select(r => new PermissionQuestion(r.SubjectId, r.List))], clock.GetUtcNow(), cancellationToken);
        return new ChangedPermissions(
            [.. rows.Where((r, i) => relied[i] is not null && state.IsNotGiven(r))],
            [.. rows.Where((_, i) => relied[i] is null).Select(r => Withdrawn(r.Key, r.SubjectId, r.UpdatedAt))]);
    }

    private static Departure Withdrawn(string key, string subject, DateTimeOffset updated) => new(key, subject, updated, DepartureReason.Withdrawn);
}

/// <summary>What a run of open rows came to.</summary>
/// <param name="Allowed">May be sent, and were not yet.</param>
/// <param name="Withdrawn">May not be held any more; who was given them is told.</param>
internal readonly record struct ChangedPermissions(List<SourceRow> Allowed, List<Departure> Withdrawn);
