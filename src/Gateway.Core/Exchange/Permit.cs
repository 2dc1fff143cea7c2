using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Exchange;

/// <summary>Rows whose subjects permit their release now. Only <see cref="PermitAsync"/> makes one.</summary>
public sealed class PermittedReply
{
    private PermittedReply(FetchedReply fetched, IReadOnlyList<SourceRow> rows, int misses, IReadOnlyList<Preference> reliedOn)
    {
        Fetched = fetched;
        Rows = rows;
        Misses = misses;
        ReliedOn = reliedOn;
    }

    internal FetchedReply Fetched { get; }

    /// <summary>The rows that may be released.</summary>
    internal IReadOnlyList<SourceRow> Rows { get; }

    /// <summary>Records asked for by key that are not available, for whatever reason.</summary>
    internal int Misses { get; }

    /// <summary>The preference that allows each row, in their order; empty where the grant needs none.</summary>
    internal IReadOnlyList<Preference> ReliedOn { get; }

    /// <summary>
    /// Asks what the subjects said, at this moment. A row without permission is as one that is not there; where there is none at all the
    /// question is asked all the same, about nobody.
    /// </summary>
    /// <exception cref="SourceException">Nobody can tell: nothing is released.</exception>
    internal static ValueTask<PermittedReply> PermitAsync(FetchedReply fetched, DateTimeOffset now, CancellationToken cancellationToken) =>
        fetched.Call.Grant.Permission is { } permission
            ? AskAsync(permission, fetched, now, cancellationToken)
            : new(new PermittedReply(fetched, fetched.Rows, fetched.Misses, []));

    private static async ValueTask<PermittedReply> AskAsync(
        GrantPermission permission, FetchedReply fetched, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var byKey = fetched.Call.Call.Open.Method!.Shape is Shape.Get or Shape.BatchGet;
        var questions = fetched.Rows.Count > 0 || !byKey
            ? [.. fetched.Rows.Select(r => new PermissionQuestion(r.SubjectId, r.List))]
            : new[] { PermissionQuestion.Nobody };
        if (questions.Length == 0)
        {
            return new PermittedReply(fetched, [], fetched.Misses, []);
        }

        var relied = await permission.AskAsync(questions, now, cancellationToken);
        var rows = new List<SourceRow>(fetched.Rows.Count);
        var reliedOn = new List<Preference>(fetched.Rows.Count);
        for (var i = 0; i < fetched.Rows.Count; i++)
        {
            if (relied[i] is { } preference)
            {
                rows.Add(fetched.Rows[i]);
                reliedOn.Add(preference);
            }
        }

        return new PermittedReply(fetched, rows, fetched.Misses + (byKey ? fetched.Rows.Count - rows.Count : 0), reliedOn);
    }
}
