using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Protos.Log.V1;
using Gateway.Stores;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Hosting;

/// <summary>
/// The log, the subject keys, the standing and the preferences are kept apart, and mean something only together: one that is missing where another tells
/// of it was lost, and must not be made anew. A folder in which nothing happened yet has nothing to lose.
/// </summary>
internal static class StoresTogether
{
    private const int Block = 1000;

    // The method by which a customer's preferences come in.
    private const string SetPreferences = "/SetPreferences";

    /// <exception cref="CommandFailure">A store was lost; tells what to put back.</exception>
    public static async Task CheckAsync(GatewaySettings settings, CancellationToken cancellationToken)
    {
        var (log, keys, standing) = (settings.Log, settings.Data.SubjectKeys, settings.Data.Standing);
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

        var preferences = settings.Preferences;
        if (File.Exists(keys) && File.Exists(standing) && File.Exists(preferences))
        {
            return;
        }

        var (disclosed, restricted, preferred) = await SearchAsync(log, cancellationToken);
        if (disclosed && !File.Exists(keys))
        {
            throw Lost(keys, $"{log} tells of persons by those keys", "put the store back from its backup; only if nobody need be found in the log again, move the log away too");
        }

        if (restricted && !File.Exists(standing))
        {
            throw Lost(standing, $"{log} tells of suspensions or revoked keys, which would end unseen",
                $"put the file back from its backup; without one make an empty {standing}, start, and repeat what `gateway log query --kind administration` lists");
        }

        if (preferred && !File.Exists(preferences))
        {
            throw Lost(preferences, $"{log} tells of customers who set their preferences here, and their opt-outs would end unseen",
                $"put the file back from its backup; without one make an empty {preferences}, and have the shop ask these customers again");
        }
    }

    private static async Task<(bool Disclosed, bool Restricted, bool Preferred)> SearchAsync(string path, CancellationToken cancellationToken)
    {
        var (disclosed, restricted, preferred) = (false, false, false);
        try
        {
            using var log = SqliteLogReader.Open(path);
            var head = await log.GetHeadAsync(cancellationToken);
            for (long from = 0; from < head && !(disclosed && restricted && preferred); from += Block)
            {
                foreach (var entry in (await log.ReadAsync(from, Block, cancellationToken)).Select(l => Entry.Parser.ParseFrom(l.Bytes)))
                {
                    disclosed |= !entry.Subjects.IsEmpty;
                    restricted |= entry.Administration?.Action is "partner.suspend" or "key.revoke";
                    preferred |= entry.Outcome == Outcome.Released && entry.Method.EndsWith(SetPreferences, StringComparison.Ordinal);
                }
            }
        }
        catch (Exception e) when (e is StoreException or SqliteException)
        {
            // The log itself is broken: it says so when it is opened.
        }

        return (disclosed, restricted, preferred);
    }

    private static CommandFailure Lost(string what, string because, string hint) =>
        new(ExitCode.InvalidConfiguration, $"{what} is missing, but {because}", hint);
}
