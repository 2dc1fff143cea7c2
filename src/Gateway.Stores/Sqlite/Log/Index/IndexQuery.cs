using Gateway.Core.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>A <see cref="LogFilter"/> → one SELECT over the index. Values are always parameters.</summary>
internal static class IndexQuery
{
    /// <summary>Indexes of matching entries below <paramref name="before"/>, newest first.</summary>
    public static List<long> Run(SqliteConnection connection, LogFilter filter, long before, int limit)
    {
        using var command = connection.CreateCommand();
        var where = new List<string>();
        void And(string condition, object? value)
        {
            if (value is not null)
            {
                var name = $"$p{command.Parameters.Count}";
                command.Parameters.AddWithValue(name, value);
                where.Add(condition.Replace("?", name, StringComparison.Ordinal));
            }
        }

        And("id < ?", before);
        And("partner = ?", filter.Partner);
        And("purpose = ?", filter.Purpose);
        And("method = ?", filter.Method);
        And("kind = ?", (long?)filter.Kind);
        And("outcome = ?", (long?)filter.Outcome);
        And("refusal = ?", filter.Refusal);
        And("id IN (SELECT id FROM entry_record WHERE record = ?)", filter.Record is { } record ? Bytes(record) : null);
        And("id IN (SELECT id FROM entry_subject WHERE subject = ?)", filter.Subject is { } subject ? Bytes(subject) : null);
        // '/' follows '.': the range holds the leaves of a message.
        And(
            "kind = 1 AND records > 0 AND scope IN (SELECT scope FROM scope_field WHERE path = ? OR (path >= ? || '.' AND path < ? || '/'))",
            filter.Field);
        And("(trace = ? OR link = ?)", filter.Trace);
        And("key = ?", filter.Key);
        And("receipt = ?", filter.Receipt?.Value.ToByteArray(bigEndian: true));
        And("time >= ?", filter.Since is { } since ? Ticks(since) : null);
        And("time < ?", filter.Until is { } until ? Ticks(until) : null);
        command.Parameters.AddWithValue("$limit", limit);
#pragma warning disable CA2100 // Joined from the constant texts above.
        command.CommandText = $"SELECT id FROM entry WHERE {string.Join(" AND ", where)} ORDER BY id DESC LIMIT $limit";
#pragma warning restore CA2100
        using var rows = command.ExecuteReader();
        var found = new List<long>();
        while (rows.Read())
        {
            found.Add(rows.GetInt64(0));
        }

        return found;
    }

    /// <summary>True when an entry released the record to the partner.</summary>
    public static bool WasDisclosed(SqliteConnection connection, string partner, Pseudonym record)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT 1 FROM entry_record WHERE record = $record AND partner = $partner AND tombstone = 0 LIMIT 1";
        command.Parameters.AddWithValue("$record", Bytes(record));
        command.Parameters.AddWithValue("$partner", partner);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>An instant as the index holds it.</summary>
    public static long Ticks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>A pseudonym's 16 bytes.</summary>
    public static byte[] Bytes(Pseudonym pseudonym)
    {
        var bytes = new byte[SubjectKey.PseudonymSize];
        pseudonym.CopyTo(bytes);
        return bytes;
    }
}
