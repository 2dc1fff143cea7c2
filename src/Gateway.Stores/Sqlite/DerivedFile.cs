using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite;

/// <summary>A file that is derived from the log: made anew where it is missing, damaged or of another version, because what it held is in the log.</summary>
/// <param name="tables">The statements that make its tables.</param>
/// <param name="version">SQLite's <c>user_version</c>; raised with each change of the tables.</param>
internal sealed class DerivedFile(string tables, long version)
{
    /// <summary>A connection that writes.</summary>
    public SqliteConnection OpenForWriting(string path)
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

    /// <summary>A connection that reads, beside the one that writes.</summary>
    public static SqliteConnection OpenForReading(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>Deletes the file and what SQLite keeps beside it.</summary>
    public static void Delete(string path)
    {
        File.Delete(path);
        File.Delete(path + "-wal");
        File.Delete(path + "-shm");
    }

    private SqliteConnection? TryOpen(string path)
    {
        PrivateFile.Ensure(path);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            // Not FULL: what a power loss takes is read from the log again. A segment of the index that is being filled fits into the cache,
            // 16 MiB, and a page of it is copied into the file once for many batches: after 32 MiB.
            Ask(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8000;");
            var found = Convert.ToInt64(Ask(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (found == 0 && Ask(connection, "SELECT count(*) FROM sqlite_schema") is 0L)
            {
                Ask(connection, $"BEGIN IMMEDIATE; {tables} PRAGMA user_version = {version}; COMMIT;");
                return connection;
            }

            if (found == version)
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
#pragma warning disable CA2100 // Constant texts of this assembly.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
