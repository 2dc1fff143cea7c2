using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Obligations;

/// <summary>Opens the tally's file, making it anew where it is missing, damaged or of another version: what it held is in the log.</summary>
internal static class ObligationsFile
{
    /// <summary>SQLite's <c>user_version</c>; raised with each change of the tables.</summary>
    private const long Version = 1;

    /// <summary>
    /// <c>owed</c> has a row for each release of records to a partner, <c>party</c> for each partner and purpose. Times are ticks of
    /// 100 ns since 0001, UTC; <c>delete_by</c> is null where the release told none. <c>began</c> is the index at which the log began.
    /// </summary>
    private const string Tables = """
        CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 0), next INTEGER NOT NULL, last_receipt BLOB NOT NULL, began INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (0, 0, x'', 0);
        CREATE TABLE party (id INTEGER PRIMARY KEY, partner TEXT NOT NULL, purpose TEXT NOT NULL, UNIQUE (partner, purpose)) STRICT;
        CREATE TABLE owed (
            receipt BLOB PRIMARY KEY, party INTEGER NOT NULL, time INTEGER NOT NULL, delete_by INTEGER, records INTEGER NOT NULL,
            confirmed INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX owed_open ON owed (party, delete_by, time, records) WHERE confirmed = 0;
        CREATE TABLE used_key (partner TEXT NOT NULL, key BLOB NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (partner, key)) STRICT, WITHOUT ROWID;
        CREATE TABLE ended (partner TEXT PRIMARY KEY, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        """;

    public static SqliteConnection Open(string path)
    {
        try
        {
            if (TryOpen(path) is { } connection)
            {
                return connection;
            }
        }
        catch (SqliteException)
        {
            // Damaged: as with another version.
        }

        Delete(path);
        return TryOpen(path)!;
    }

    /// <summary>Deletes the tally and what SQLite keeps beside it.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
    }

    private static SqliteConnection? TryOpen(string path)
    {
        PrivateFile.Ensure(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // Not FULL: what a power loss takes is read from the log again.
            Ask(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8000;");
            var version = Convert.ToInt64(Ask(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (version == 0 && Ask(connection, "SELECT count(*) FROM sqlite_schema") is 0L)
            {
                Ask(connection, $"BEGIN IMMEDIATE; {Tables} PRAGMA user_version = {Version}; COMMIT;");
                return connection;
            }

            if (version == Version)
            {
                return connection;
            }

            connection.Dispose();
            return null;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static object? Ask(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
