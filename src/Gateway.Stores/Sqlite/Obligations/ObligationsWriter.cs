using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Obligations;

/// <summary>Entries of the log → rows of the tally, in the log's order. Used by one thread at a time.</summary>
internal sealed class ObligationsWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _release;
    private readonly SqliteStatement _undated;
    private readonly SqliteStatement _confirm;
    private readonly SqliteStatement _confirmBefore;
    private readonly SqliteStatement _key;
    private readonly SqliteStatement _ended;
    private readonly SqliteStatement _progress;
    private readonly Dictionary<(string Partner, string Purpose), long> _parties = [];

    /// <param name="connection">Owned from here on.</param>
    public ObligationsWriter(SqliteConnection connection)
    {
        _connection = connection;
        SqliteStatement Prepare(string sql) => new(connection.Handle!, sql);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _release = Prepare("INSERT OR IGNORE INTO owed (receipt, party, time, delete_by, records, confirmed) VALUES (?, ?, ?, ?, ?, 0)");
        _undated = Prepare("INSERT OR IGNORE INTO owed (receipt, party, time, records, confirmed) VALUES (?, ?, ?, ?, 0)");
        _confirm = Prepare("UPDATE owed SET confirmed = 1 WHERE receipt = ? AND confirmed = 0 AND party IN (SELECT id FROM party WHERE partner = ?)");
        _confirmBefore = Prepare("""
            UPDATE owed SET confirmed = 1 WHERE confirmed = 0 AND time < ?1
            AND party IN (SELECT id FROM party WHERE partner = ?2 AND (?3 = '' OR purpose = ?3))
            """);
        _key = Prepare("INSERT INTO used_key VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET last = max(last, excluded.last)");
        _ended = Prepare("INSERT OR REPLACE INTO ended VALUES (?, ?)");
        _progress = Prepare("UPDATE progress SET next = ?, last_receipt = ?, began = ?");
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT next, last_receipt, began FROM progress";
        using var row = read.ExecuteReader();
        row.Read();
        (Next, LastReceipt, Began) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2));
    }

    /// <summary>One above the last entry that is counted.</summary>
    public long Next { get; private set; }

    /// <summary>Receipt of that entry: tells whether this is a tally of that log.</summary>
    public byte[] LastReceipt { get; private set; }

    /// <summary>Index of the first entry that was there to be counted.</summary>
    public long Began { get; private set; }

    /// <summary>The connection, for reading.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Counts entries, in order.</summary>
    /// <param name="entries">Each with a higher index than the one before.</param>
    /// <param name="deleteAfter">Of each scope that they refer to.</param>
    public void Add(IReadOnlyList<(long Index, Entry Entry)> entries, IReadOnlyDictionary<ByteString, TimeSpan?> deleteAfter)
    {
        var began = Next == 0 ? entries[0].Index : Began;
        var (index, last) = entries[^1];
        _begin.Run();
        try
        {
            foreach (var (_, entry) in entries)
            {
                if (entry.Kind == Kind.Administration)
                {
                    Add(entry.Administration, entry.Time.ToDateTimeOffset().UtcTicks);
                }
                else if (PartnerRelease.Is(entry))
                {
                    AddRelease(entry, deleteAfter[entry.Scope]);
                }
            }

            foreach (var used in entries.Select(e => e.Entry).Where(PartnerRelease.Is).GroupBy(e => (e.Caller.Partner, e.Caller.Spki)))
            {
                _key.Bind(1, used.Key.Partner).Bind(2, used.Key.Spki.Span).Bind(3, used.Max(e => e.Time.ToDateTimeOffset().UtcTicks)).Run();
            }

            _progress.Bind(1, index + 1).Bind(2, last.Receipt.Span).Bind(3, began).Run();
            _commit.Run();
        }
        catch
        {
            _parties.Clear();
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            {
                _rollback.Run();
            }

            throw;
        }

        (Next, LastReceipt, Began) = (index + 1, last.Receipt.ToByteArray(), began);
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_begin, _commit, _rollback, _release, _undated, _confirm, _confirmBefore, _key, _ended, _progress])
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private void AddRelease(Entry entry, TimeSpan? deleteAfter)
    {
        var time = entry.Time.ToDateTimeOffset().UtcTicks;
        var records = entry.Records.Length / SubjectKey.PseudonymSize;
        var party = Party(entry.Caller.Partner, entry.Purpose);
        if (deleteAfter is { } within)
        {
            _release.Bind(1, entry.Receipt.Span).Bind(2, party).Bind(3, time).Bind(4, time + within.Ticks).Bind(5, records).Run();
        }
        else
        {
            _undated.Bind(1, entry.Receipt.Span).Bind(2, party).Bind(3, time).Bind(4, records).Run();
        }
    }

    private void Add(Entry.Types.Administration act, long time)
    {
        switch (act.Action)
        {
            case ObligationActs.Confirm when act.Deletion is { } deletion:
                for (var at = 0; at + 16 <= deletion.Receipts.Length; at += 16)
                {
                    _confirm.Bind(1, deletion.Receipts.Span.Slice(at, 16)).Bind(2, act.Target).Run();
                }

                if (deletion.ReleasedBefore is { } before)
                {
                    _confirmBefore.Bind(1, before.ToDateTimeOffset().UtcTicks).Bind(2, act.Target).Bind(3, deletion.Purpose).Run();
                }

                break;
            case ObligationActs.Ended:
                _ended.Bind(1, act.Target).Bind(2, time).Run();
                break;
        }
    }

    private long Party(string partner, string purpose)
    {
        if (_parties.TryGetValue((partner, purpose), out var id))
        {
            return id;
        }

        using var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT OR IGNORE INTO party (partner, purpose) VALUES ($partner, $purpose);
            SELECT id FROM party WHERE partner = $partner AND purpose = $purpose
            """;
        command.Parameters.AddWithValue("$partner", partner);
        command.Parameters.AddWithValue("$purpose", purpose);
        return _parties[(partner, purpose)] = (long)command.ExecuteScalar()!;
    }
}
