using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Identity;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Standing;

/// <summary>The standing in a SQLite file of its own, a sync each change.</summary>
public sealed class SqliteStandingStore : IStandingStore, IDisposable
{
    private const int ApplicationId = 0x47577374;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS standing (
            kind INTEGER NOT NULL, target TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL, since TEXT NOT NULL,
            PRIMARY KEY (kind, target)) STRICT, WITHOUT ROWID;
        """;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _remove;

    /// <param name="path">The file; its folder exists.</param>
    /// <exception cref="StoreException">It cannot be opened safely.</exception>
    public SqliteStandingStore(string path)
    {
        _path = path;
        _file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        _put = _file.Prepare("INSERT OR REPLACE INTO standing (kind, target, reason, actor, since) VALUES (?1, ?2, ?3, ?4, ?5)");
        _remove = _file.Prepare("DELETE FROM standing WHERE kind = ?1 AND target = ?2");
    }

    public ImmutableArray<StandingEntry> Load()
    {
        using var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT kind, target, reason, actor, since FROM standing ORDER BY since, kind, target";
        using var reader = command.ExecuteReader();
        var entries = ImmutableArray.CreateBuilder<StandingEntry>();
        while (reader.Read())
        {
            entries.Add(new StandingEntry(
                (StandingKind)reader.GetInt32(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                DateTimeOffset.ParseExact(reader.GetString(4), "O", CultureInfo.InvariantCulture)));
        }

        return entries.ToImmutable();
    }

    public void Put(StandingEntry entry) => Write(() => _put
        .Bind(1, (long)entry.Kind)
        .Bind(2, entry.Target)
        .Bind(3, entry.Reason)
        .Bind(4, entry.By)
        .Bind(5, entry.Since.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture))
        .Run());

    public void Remove(StandingKind kind, string target) => Write(() => _remove.Bind(1, (long)kind).Bind(2, target).Run());

    public void Dispose()
    {
        lock (_lock)
        {
            _put.Dispose();
            _remove.Dispose();
            _file.Dispose();
        }
    }

    private void Write(Action change)
    {
        lock (_lock)
        {
            try
            {
                _file.Begin();
                change();
                _file.Commit(bytes: 0);
                _file.Checkpoint(idle: true);
            }
            catch (SqliteException e)
            {
                _file.TryRollback();
                throw new StandingUnavailableException($"{_path} cannot be written: {SqliteFailure.Describe(e)}", e);
            }
        }
    }
}
