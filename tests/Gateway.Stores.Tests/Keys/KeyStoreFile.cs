using System.Security.Cryptography;
using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Keys;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Keys;

/// <summary>A subject keys' store in a folder of its own, and what an attacker with its files could look at.</summary>
internal sealed class KeyStoreFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MasterKey Master { get; } = new(RandomNumberGenerator.GetBytes(MasterKey.Size));

    public string Path => _folder["subjects.db"];

    public SqliteSubjectKeys Open(SubjectKeyOptions? options = null) =>
        SqliteSubjectKeys.Open(Path, Master, options ?? new SubjectKeyOptions(), NullLogger<SqliteSubjectKeys>.Instance);

    /// <summary>The secrets of each row now, by its mark in hex.</summary>
    public Dictionary<string, byte[][]> Rows()
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT mark, lookup, wrapped, pseudonym, identity FROM subject_key";
        using var rows = command.ExecuteReader();
        var found = new Dictionary<string, byte[][]>(StringComparer.Ordinal);
        while (rows.Read())
        {
            var blobs = Enumerable.Range(0, 5).Where(i => !rows.IsDBNull(i)).Select(rows.GetFieldValue<byte[]>).ToArray();
            found.Add(Convert.ToHexStringLower(blobs[0]), blobs);
        }

        return found;
    }

    /// <summary>How many of <paramref name="values"/> are anywhere in the file, its write-ahead log or its shared memory.</summary>
    public int CountIn(IEnumerable<byte[]> values)
    {
        var files = new[] { Path, Path + "-wal", Path + "-shm" }.Where(File.Exists).Select(ReadShared).ToArray();
        return values.Count(v => files.Any(f => f.AsSpan().IndexOf(v) >= 0));
    }

    public object? Run(string sql)
    {
        using var connection = Connect();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        return connection;
    }

    public void Dispose() => _folder.Dispose();

    // Reads a copy made by another process: closing a handle of our own would give up SQLite's locks.
    private static byte[] ReadShared(string path)
    {
        var copy = System.IO.Path.GetTempFileName();
        using (var cp = System.Diagnostics.Process.Start("cp", [path, copy]))
        {
            cp.WaitForExit();
        }

        var bytes = File.ReadAllBytes(copy);
        File.Delete(copy);
        return bytes;
    }
}
