using Gateway.Core.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Obligations;

/// <summary>What the tally can be asked, at the moment it was given.</summary>
public sealed class ObligationQueries
{
    private readonly SqliteConnection _connection;

    internal ObligationQueries(SqliteConnection connection, long began)
    {
        _connection = connection;
        Began = began;
    }

    /// <summary>Index at which the log began when it was first counted: what was pruned before is not in the tally.</summary>
    public long Began { get; }

    /// <summary>Releases not confirmed, by partner and purpose.</summary>
    /// <param name="partner">Of this partner only; null for all.</param>
    /// <param name="dueBefore">Only those whose delete-by is past by then; null for all.</param>
    public IReadOnlyList<OwedReleases> Owed(string? partner, DateTimeOffset? dueBefore)
    {
        using var command = Command($"""
            SELECT p.partner, p.purpose, count(*), sum(o.records), min(o.delete_by), max(o.delete_by)
            FROM party p CROSS JOIN owed o ON o.party = p.id AND o.confirmed = 0 {(dueBefore is null ? "" : "AND o.delete_by < $due")}
            {(partner is null ? "" : "WHERE p.partner = $partner")} GROUP BY p.id ORDER BY p.partner, p.purpose
            """);
        command.Parameters.AddWithValue("$due", (dueBefore ?? default).UtcTicks);
        command.Parameters.AddWithValue("$partner", partner ?? "");
        using var row = command.ExecuteReader();
        var owed = new List<OwedReleases>();
        while (row.Read())
        {
            owed.Add(new OwedReleases(row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3), Time(row, 4), Time(row, 5)));
        }

        return owed;
    }

    /// <summary>Releases to a partner made before an instant and not confirmed: how many, and the records in them.</summary>
    public (long Releases, long Records) CountBefore(string partner, DateTimeOffset before, string purpose)
    {
        using var command = Command("""
            SELECT count(*), ifnull(sum(o.records), 0) FROM party p CROSS JOIN owed o ON o.party = p.id AND o.confirmed = 0 AND o.time < $before
            WHERE p.partner = $partner AND ($purpose = '' OR p.purpose = $purpose)
            """);
        command.Parameters.AddWithValue("$partner", partner);
        command.Parameters.AddWithValue("$before", before.UtcTicks);
        command.Parameters.AddWithValue("$purpose", purpose);
        using var row = command.ExecuteReader();
        row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }

    /// <summary>How a release to this partner stands; null where the receipt is none of it, whoever's it is.</summary>
    public ReleaseStanding? Find(string partner, ReceiptId receipt)
    {
        using var command = Command("SELECT o.confirmed, o.records, p.partner FROM owed o JOIN party p ON p.id = o.party WHERE o.receipt = $receipt");
        command.Parameters.AddWithValue("$receipt", receipt.Value.ToByteArray(bigEndian: true));
        using var row = command.ExecuteReader();
        return row.Read() && row.GetString(2) == partner ? new ReleaseStanding(row.GetInt64(0) == 1, row.GetInt64(1)) : null;
    }

    /// <summary>True where something was released to this partner for this purpose.</summary>
    public bool Knows(string partner, string purpose)
    {
        using var command = Command("SELECT 1 FROM party WHERE partner = $partner AND purpose = $purpose");
        command.Parameters.AddWithValue("$partner", partner);
        command.Parameters.AddWithValue("$purpose", purpose);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>Releases to a partner that are confirmed.</summary>
    public long CountConfirmed(string partner)
    {
        using var command = Command("SELECT count(*) FROM owed WHERE confirmed = 1 AND party IN (SELECT id FROM party WHERE partner = $partner)");
        command.Parameters.AddWithValue("$partner", partner);
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Everyone to whom something was released, with when last and when the end of their agreement was recorded.</summary>
    public IReadOnlyList<KnownRecipient> Recipients()
    {
        using var command = Command("""
            SELECT n.partner, (SELECT max(last) FROM used_key k WHERE k.partner = n.partner), e.time
            FROM (SELECT partner FROM party UNION SELECT partner FROM ended) n LEFT JOIN ended e ON e.partner = n.partner ORDER BY n.partner
            """);
        using var row = command.ExecuteReader();
        var recipients = new List<KnownRecipient>();
        while (row.Read())
        {
            recipients.Add(new KnownRecipient(row.GetString(0), Time(row, 1), Time(row, 2)));
        }

        return recipients;
    }

    /// <summary>Keys that a partner was answered under: SHA-256 of the SubjectPublicKeyInfo, and when last.</summary>
    public IReadOnlyList<(byte[] Key, DateTimeOffset Last)> Keys(string partner)
    {
        using var command = Command("SELECT key, last FROM used_key WHERE partner = $partner ORDER BY last DESC");
        command.Parameters.AddWithValue("$partner", partner);
        using var row = command.ExecuteReader();
        var keys = new List<(byte[], DateTimeOffset)>();
        while (row.Read())
        {
            keys.Add((row.GetFieldValue<byte[]>(0), Time(row, 1)!.Value));
        }

        return keys;
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class; values are parameters.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    private static DateTimeOffset? Time(SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : new DateTimeOffset(row.GetInt64(column), TimeSpan.Zero);
}

/// <summary>Releases to one partner for one purpose that are not confirmed.</summary>
/// <param name="Partner">Its id.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Entries">Releases.</param>
/// <param name="Records">Records in them.</param>
/// <param name="Oldest">The earliest delete-by; null where none was told.</param>
/// <param name="Latest">The latest.</param>
public sealed record OwedReleases(string Partner, string Purpose, long Entries, long Records, DateTimeOffset? Oldest, DateTimeOffset? Latest);

/// <summary>How a release stands.</summary>
public sealed record ReleaseStanding(bool IsConfirmed, long Records);

/// <summary>A partner to whom something was released.</summary>
/// <param name="Partner">Its id.</param>
/// <param name="LastRelease">When last; null where nothing was.</param>
/// <param name="Ended">When the end of its agreement was last recorded; null where it never was.</param>
public sealed record KnownRecipient(string Partner, DateTimeOffset? LastRelease, DateTimeOffset? Ended);
