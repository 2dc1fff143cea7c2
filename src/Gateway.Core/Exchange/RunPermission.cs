using Gateway.Core.Permissions;
using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>
/// The permission of one run while it is written: to a partner that reads slowly that can take long, and a permission is not older than
/// <see cref="Lasts"/> when a record leaves. Owned by one run; made before the permission is asked for the first time.
/// </summary>
/// <param name="permission">Asks again; null where the grant needs none.</param>
/// <param name="clock">Tells the age.</param>
internal sealed class RunPermission(GrantPermission? permission, TimeProvider clock)
{
    /// <summary>How long an answer may be acted upon.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMilliseconds(250);

    private long _asked = clock.GetTimestamp();
    private int _from;
    private Preference?[]? _again;

    /// <summary>True when <c>rows[index]</c> may still leave. Asks anew about it and all that follow where the answer has become old.</summary>
    /// <exception cref="SourceException">Nobody can tell: nothing more leaves.</exception>
    public async ValueTask<bool> StillStandsAsync(IReadOnlyList<SourceRow> rows, int index, CancellationToken cancellationToken)
    {
        if (permission is not null && clock.GetElapsedTime(_asked) > Lasts)
        {
            _asked = clock.GetTimestamp();
            _from = index;
            _again = await permission.AskAsync(
                [.. rows.Skip(index).Select(r => new PermissionQuestion(r.SubjectId, r.List))], clock.GetUtcNow(), cancellationToken);
        }

        return _again is null || _again[index - _from] is not null;
    }
}
