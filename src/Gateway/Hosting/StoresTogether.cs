using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Legal;
using Gateway.Protos.Log.V1;
using Gateway.Requests;
using Gateway.Stores;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Gateway.Subjects;
using Microsoft.Data.Sqlite;

namespace Gateway.Hosting;

/// <summary>
/// The log and the stores beside it are kept apart, and mean something only together: one that is missing where the log tells of it was
/// lost, and must not be made anew. A folder in which nothing happened yet has nothing to lose.
/// </summary>
internal static class StoresTogether
{
    private const int Block = 1000;

    /// <exception cref="CommandFailure">A store was lost; tells what to put back.</exception>
    public static async Task CheckAsync(GatewaySettings settings, CancellationToken cancellationToken)
    {
        var (log, keys) = (settings.Log, settings.Data.SubjectKeys);
        if (!File.Exists(log))
        {
            if (SqliteSubjectKeys.HoldsAny(keys))
            {
                throw Lost(log, $"{keys} holds keys of persons whose data was released, and the log tells to whom",
                    "put the log back from its backup; only if its evidence may be lost, move the keys away too");
            }

            if (new[] { settings.Data.Checkpoint, settings.Data.LogTree }.FirstOrDefault(File.Exists) is { } signed)
            {
                throw Lost(log, $"{signed} tells that it held entries which were signed",
                    "put the log back from its backup, take its entries from a second place (gateway log recover --data DIR --from TILES --reason TEXT), "
                    + "or declare them lost (gateway log recover --data DIR --declare-loss --reason TEXT)");
            }

            return;
        }

        var missing = StoresOf(settings).Where(s => !File.Exists(s.Path)).ToList();
        if (missing.Count > 0 && await FirstToldAsync(log, missing, cancellationToken) is { } lost)
        {
            throw Lost(lost.Path, $"{log} tells of {lost.What}", lost.Hint);
        }
    }

    // One entry a store, in the order in which their loss is told.
    private static IEnumerable<Store> StoresOf(GatewaySettings settings)
    {
        var data = settings.Data;
        yield return new Store(
            data.SubjectKeys,
            entry => !entry.Subjects.IsEmpty,
            "persons by those keys",
            "put the store back from its backup; only if nobody need be found in the log again, move the log away too");
        yield return new Store(
            data.Standing,
            entry => entry.Administration?.Action is "partner.suspend" or "key.revoke",
            "suspensions or revoked keys, which would end unseen",
            $"put the file back from its backup; without one make an empty {data.Standing}, start, and repeat what `gateway log query --kind administration` lists");
        yield return new Store(
            settings.Preferences,
            entry => entry.Administration?.Action == PreferenceDesk.Set,
            "customers who set their preferences here, and their opt-outs would end unseen",
            $"put the file back from its backup; without one make an empty {settings.Preferences}, and have the shop ask these customers again");
        yield return new Store(
            data.Statistics,
            entry => entry.Outcome == Outcome.Released && entry.Method == "gateway.statistics.v1.StatisticsService/GetStatistics",
            "statistics that were given, and a second version of one tells too much",
            $"put the file back from its backup; without one, end the contracts that grant statistics of periods that are over, and make an empty {data.Statistics}");
        yield return new Store(
            data.Cases,
            entry => CaseAct.Actions.Contains(entry.Administration?.Action ?? "", StringComparer.Ordinal),
            "legal cases, and which notices are delayed and which reviews are due would be forgotten",
            "put the file back from its backup");
        yield return new Store(
            data.Requests,
            entry => entry.Administration?.Action is RequestActs.Open,
            "customers' requests, whose months would run out unseen, and notices that partners have not had would be forgotten",
            $"put the file back from its backup; without one make an empty {data.Requests}, start, and take up anew what `gateway log query --kind administration` lists");
    }

    private static async Task<Store?> FirstToldAsync(string path, List<Store> missing, CancellationToken cancellationToken)
    {
        var told = new HashSet<Store>();
        try
        {
            using var log = SqliteLogReader.Open(path);
            var head = await log.GetHeadAsync(cancellationToken);
            for (long from = 0; from < head && told.Count < missing.Count; from += Block)
            {
                foreach (var entry in (await log.ReadAsync(from, Block, cancellationToken)).Select(l => Entry.Parser.ParseFrom(l.Bytes)))
                {
                    told.UnionWith(missing.Where(s => s.IsTold(entry)));
                }
            }
        }
        catch (Exception e) when (e is StoreException or SqliteException)
        {
            // The log itself is broken: it says so when it is opened.
        }

        return missing.Find(told.Contains);
    }

    private static CommandFailure Lost(string what, string because, string hint) =>
        new(ExitCode.InvalidConfiguration, $"{what} is missing, but {because}", hint);

    /// <summary>A store beside the log.</summary>
    /// <param name="Path">Its file.</param>
    /// <param name="IsTold">True for an entry that tells that the store held something.</param>
    /// <param name="What">What the log then tells of.</param>
    /// <param name="Hint">What to do.</param>
    private sealed record Store(string Path, Func<Entry, bool> IsTold, string What, string Hint);
}
