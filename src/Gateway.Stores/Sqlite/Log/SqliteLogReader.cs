using Gateway.Core.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log;

/// <summary>Reads the log through a read-only connection of its own, while the gateway writes or when it is down. Safe for concurrent use.</summary>
public sealed class SqliteLogReader : ILogReader, IDisposable
{
    private readonly Lock _gate = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _head;
    private readonly SqliteCommand _read;
    private readonly SqliteCommand _scope;

    private SqliteLogReader(SqliteConnection connection)
    {
        _connection = connection;
        _head = Prepare("SELECT coalesce(max(id) + 1, 0) FROM leaf");
        _read = Prepare("SELECT id, bytes FROM leaf WHERE id >= $from ORDER BY id LIMIT $limit", "$from", "$limit");
        _scope = Prepare("SELECT bytes FROM scope WHERE hash = $hash", "$hash");
    }

    /// <summary>Opens an existing log.</summary>
    /// <exception cref="StoreException">There is none, or it cannot be read.</exception>
    public static SqliteLogReader Open(string path)
    {
        if (!File.Exists(path))
        {
            throw new StoreException($"{path} does not exist: no gateway has written a log there");
        }

        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return new SqliteLogReader(connection);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new StoreException($"{path} cannot be read as a disclosure log: {SqliteFailure.Describe(e)}", e);
        }
    }

    public ValueTask<long> GetHeadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult((long)_head.ExecuteScalar()!);
        }
    }

    public ValueTask<IReadOnlyList<StoredLeaf>> ReadAsync(long from, int limit, CancellationToken cancellationToken)
    {
        var leaves = new List<StoredLeaf>();
        lock (_gate)
        {
            _read.Parameters[0].Value = from;
            _read.Parameters[1].Value = limit;
            using var rows = _read.ExecuteReader();
            while (rows.Read())
            {
                leaves.Add(new StoredLeaf(rows.GetInt64(0), rows.GetFieldValue<byte[]>(1)));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<StoredLeaf>>(leaves);
    }

    public ValueTask<byte[]?> FindScopeAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _scope.Parameters[0].Value = hash.ToArray();
            return ValueTask.FromResult((byte[]?)_scope.ExecuteScalar());
        }
    }

    public void Dispose()
    {
        _head.Dispose();
        _read.Dispose();
        _scope.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, params string[] parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter(name, value: null));
        }

        return command;
    }
}
