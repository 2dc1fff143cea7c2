using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Subjects;

/// <summary>
/// Which links were used. Follows from the log alone: it is durable, it is not put back unseen, and it says when each was used.
/// </summary>
internal sealed class UsedLinks(SqliteLogIndex index, ILogReader log, AdministrationLog administration)
{
    private const string Redeem = "preference.redeem";

    /// <summary>True where the link was used, or nobody can tell any more because the entry would be in the log's archive.</summary>
    /// <exception cref="LogUnavailableException">Nobody can tell now.</exception>
    public async ValueTask<bool> AreAsync(PreferenceLink link, CancellationToken cancellationToken)
    {
        try
        {
            await index.CatchUpAsync(cancellationToken);
            var first = await log.ReadAsync(0, limit: 1, cancellationToken);
            if (first is [{ Index: > 0 } leaf] && Entry.Parser.ParseFrom(leaf.Bytes).Time.ToDateTimeOffset() > link.Made)
            {
                return true;
            }

            var filter = new LogFilter { Kind = Kind.Administration, Action = Redeem, Partner = Target(link) };
            return (await index.QueryAsync(filter, long.MaxValue, limit: 1, cancellationToken)).Count > 0;
        }
        catch (Exception e) when (e is not (OperationCanceledException or LogUnavailableException))
        {
            throw new LogUnavailableException("The log's index cannot tell whether a link was used.", e);
        }
    }

    /// <summary>From now on it was used.</summary>
    /// <exception cref="LogUnavailableException">The log cannot take it.</exception>
    public async ValueTask RecordAsync(PreferenceLink link, string actor) => await administration.RecordAsync(new Entry.Types.Administration
    {
        Actor = actor,
        Action = Redeem,
        Target = Target(link),
        Reason = $"{link.Topic} {PreferenceWords.Of(link.State)}",
    });

    private static string Target(PreferenceLink link) => link.Id.ToString("N");
}
