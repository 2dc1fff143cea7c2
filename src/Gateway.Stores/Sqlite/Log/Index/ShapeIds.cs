using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Shapes and scopes → their numbers in the index, made where there are none. Used by one thread at a time.</summary>
internal sealed class ShapeIds : IDisposable
{
    /// <summary>Numbers kept at hand. Callers choose read masks, so that shapes have no bound of their own.</summary>
    private const int MaxKept = 20_000;

    private readonly SqliteCommand _findScope;
    private readonly SqliteCommand _addScope;
    private readonly SqliteCommand _addField;
    private readonly SqliteCommand _add;
    private readonly SqliteCommand _find;
    private readonly Dictionary<EntryShape, long> _kept = [];

    public ShapeIds(SqliteConnection connection)
    {
        _findScope = Prepare(connection, "SELECT id FROM scope WHERE hash = $0", 1);
        _addScope = Prepare(connection, "INSERT INTO scope (hash) VALUES ($0) RETURNING id", 1);
        _addField = Prepare(connection, "INSERT OR IGNORE INTO scope_field (path, scope) VALUES ($0, $1)", 2);
        _add = Prepare(connection, """
            INSERT OR IGNORE INTO shape (kind, called, partner, key, method, purpose, outcome, refusal, scope, records, action)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """, 11);
        _find = Prepare(connection, """
            SELECT id FROM shape WHERE kind = $0 AND called = $1 AND partner = $2 AND key = $3 AND method = $4 AND purpose = $5
            AND outcome = $6 AND refusal = $7 AND scope = $8 AND records = $9 AND action = $10
            """, 11);
    }

    /// <summary>The shape's number.</summary>
    public long Of(in EntryShape shape)
    {
        if (_kept.TryGetValue(shape, out var id))
        {
            return id;
        }

        if (_kept.Count >= MaxKept)
        {
            _kept.Clear();
        }

        object[] columns =
        [
            (int)shape.Kind, shape.Partner is null ? 0 : 1, shape.Partner ?? "", shape.Key.ToByteArray(), shape.Method, shape.Purpose,
            (int)shape.Outcome, shape.Refusal, FindScope(shape.Scope) ?? 0, shape.Records ? 1 : 0, shape.Action,
        ];
        Bind(_add, columns).ExecuteNonQuery();
        return _kept[shape] = (long)Bind(_find, columns).ExecuteScalar()!;
    }

    /// <summary>The scope's number; null where it has none yet.</summary>
    public long? FindScope(ByteString hash) => hash.IsEmpty ? null : (long?)Bind(_findScope, hash.ToByteArray()).ExecuteScalar();

    /// <summary>Gives a scope its number.</summary>
    public void AddScope(ByteString hash, IEnumerable<string> released)
    {
        var id = (long)Bind(_addScope, hash.ToByteArray()).ExecuteScalar()!;
        foreach (var path in released)
        {
            Bind(_addField, path, id).ExecuteNonQuery();
        }
    }

    /// <summary>Forgets what is kept at hand: the tables have changed, or a transaction was undone.</summary>
    public void Clear() => _kept.Clear();

    public void Dispose()
    {
        _findScope.Dispose();
        _addScope.Dispose();
        _addField.Dispose();
        _add.Dispose();
        _find.Dispose();
    }

    private static SqliteCommand Bind(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command;
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", value: null));
        }

        return command;
    }
}
