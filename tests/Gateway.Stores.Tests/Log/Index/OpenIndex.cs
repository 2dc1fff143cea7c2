using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log.Index;

/// <summary>A log of sample entries with its index, in a folder of their own.</summary>
internal sealed class OpenIndex : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public OpenIndex(Func<ILogReader, ILogReader>? through = null)
    {
        Log = SqliteDisclosureLog.Open(LogPath, new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
        Reader = SqliteLogReader.Open(LogPath);
        Index = SqliteLogIndex.Open(IndexPath, through?.Invoke(Reader) ?? Reader);
    }

    public string LogPath => _folder["log.db"];

    public string IndexPath => _folder["index.db"];

    public SqliteDisclosureLog Log { get; }

    public SqliteLogReader Reader { get; }

    public SqliteLogIndex Index { get; private set; }

    /// <summary>Closes the index and opens it again, as a restart does.</summary>
    public void Reopen()
    {
        Index.Dispose();
        Index = SqliteLogIndex.Open(IndexPath, Reader);
    }

    /// <summary>Runs a statement on the log's file, as retention or a loss leaves it.</summary>
    public void OnLog(string sql) => Run(LogPath, sql);

    /// <summary>A number of the index's file.</summary>
    public long Count(string table) => (long)Run(IndexPath, $"SELECT count(*) FROM {table}")!;

    public void Dispose()
    {
        Index.Dispose();
        Reader.Dispose();
        Log.Dispose();
        _folder.Dispose();
    }

    private static object? Run(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar();
    }
}
