using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Opens the index's file, making it anew where it is missing, damaged or of another version.</summary>
internal static class IndexFile
{
    /// <summary>A connection that writes.</summary>
    public static SqliteConnection OpenForWriting(string path)
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
            // Damaged: as with another version, what it held is in the log.
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

    /// <summary>Deletes the index and what SQLite keeps beside it.</summary>
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
            // Not FULL: what a power loss takes is read from the log again. A segment that is being filled fits into the cache, 16 MiB, and
            // a page of it is copied into the file once for many batches: after 32 MiB.
            Ask(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8000;");
            var version = Convert.ToInt64(Ask(connection, "PRAGMA user_version"), CultureInfo.InvariantCulture);
            if (version == 0 && Ask(connection, "SELECT count(*) FROM sqlite_schema") is 0L)
            {
                Ask(connection, $"BEGIN IMMEDIATE; {IndexSchema.Tables} PRAGMA user_version = {IndexSchema.Version}; COMMIT;");
                return connection;
            }

            if (version == IndexSchema.Version)
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
#pragma warning disable CA2100 // Constant texts of this folder.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
