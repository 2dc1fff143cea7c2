using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Puts entries into the index, a batch a transaction together with how far it has come. Used by one thread at a time.</summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteCommand> _commands = [];
    private readonly SqliteCommand _entry;
    private readonly SqliteCommand _record;
    private readonly SqliteCommand _subject;
    private readonly SqliteCommand _findScope;
    private readonly SqliteCommand _scope;
    private readonly SqliteCommand _field;
    private readonly SqliteCommand _progress;

    /// <param name="connection">Owned from here on.</param>
    public IndexWriter(SqliteConnection connection)
    {
        _connection = connection;
        _entry = Prepare("INSERT INTO entry VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)", 14);
        _record = Prepare("INSERT OR IGNORE INTO entry_record (record, id, tombstone, partner) VALUES ($1, $2, $3, $4)", 4);
        _subject = Prepare("INSERT OR IGNORE INTO entry_subject (subject, id) VALUES ($1, $2)", 2);
        _findScope = Prepare("SELECT id FROM scope WHERE hash = $1", 1);
        _scope = Prepare("INSERT INTO scope (hash) VALUES ($1) RETURNING id", 1);
        _field = Prepare("INSERT OR IGNORE INTO scope_field (path, scope) VALUES ($1, $2)", 2);
        _progress = Prepare("UPDATE progress SET next = $1, last_receipt = $2", 2);
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT next, last_receipt FROM progress";
        using var row = read.ExecuteReader();
        row.Read();
        Next = row.GetInt64(0);
        LastReceipt = row.GetFieldValue<byte[]>(1);
    }

    /// <summary>Index of the first leaf that is not in the index yet.</summary>
    public long Next { get; private set; }

    /// <summary>Receipt of the last leaf that is: tells whether this is an index of that log.</summary>
    public byte[] LastReceipt { get; private set; }

    /// <summary>True when the index holds this scope's fields.</summary>
    public bool HasScope(ByteString hash)
    {
        _findScope.Parameters[0].Value = hash.ToByteArray();
        return _findScope.ExecuteScalar() is not null;
    }

    /// <summary>Adds the entries from <see cref="Next"/> on.</summary>
    /// <param name="entries">In order, without gaps.</param>
    /// <param name="scopes">The scopes that <see cref="HasScope"/> does not know yet, by hash.</param>
    public void Add(IReadOnlyList<(long Index, Entry Entry)> entries, IReadOnlyDictionary<ByteString, Scope> scopes)
    {
        var last = entries[^1];
        using var transaction = _connection.BeginTransaction();
        _commands.ForEach(c => c.Transaction = transaction);
        try
        {
            var ids = scopes.ToDictionary(s => s.Key, s => AddScope(s.Key, s.Value));
            foreach (var (index, entry) in entries)
            {
                Add(index, entry, ids);
            }

            Run(_progress, last.Index + 1, last.Entry.Receipt.ToByteArray());
            transaction.Commit();
        }
        finally
        {
            _commands.ForEach(c => c.Transaction = null);
        }

        (Next, LastReceipt) = (last.Index + 1, last.Entry.Receipt.ToByteArray());
    }

    public void Dispose()
    {
        _commands.ForEach(c => c.Dispose());
        _connection.Dispose();
    }

    private void Add(long index, Entry entry, Dictionary<ByteString, long> scopes)
    {
        var partner = LogFilter.PartnerOf(entry);
        var records = EntryPseudonyms.Of(entry.Records);
        Run(
            _entry, index, IndexQuery.Ticks(entry.Time.ToDateTimeOffset()), entry.Receipt.ToByteArray(), (int)entry.Kind, partner,
            entry.Caller?.Spki.ToByteArray() ?? [], entry.Method, entry.Purpose, (int)entry.Outcome, entry.Refusal,
            entry.Trace.ToByteArray(), entry.Link.Length >= 16 ? entry.Link.Span[..16].ToArray() : [], ScopeId(entry.Scope, scopes), records.Length);
        foreach (var record in records)
        {
            Run(_record, IndexQuery.Bytes(record), index, 0, partner);
        }

        foreach (var record in EntryPseudonyms.Of(entry.Tombstones))
        {
            Run(_record, IndexQuery.Bytes(record), index, 1, partner);
        }

        foreach (var subject in EntryPseudonyms.Of(entry.Subjects))
        {
            Run(_subject, IndexQuery.Bytes(subject), index);
        }
    }

    private object ScopeId(ByteString hash, Dictionary<ByteString, long> added)
    {
        if (hash.IsEmpty)
        {
            return DBNull.Value;
        }

        if (!added.TryGetValue(hash, out var id))
        {
            _findScope.Parameters[0].Value = hash.ToByteArray();
            added[hash] = id = (long)_findScope.ExecuteScalar()!;
        }

        return id;
    }

    private long AddScope(ByteString hash, Scope scope)
    {
        _scope.Parameters[0].Value = hash.ToByteArray();
        var id = (long)_scope.ExecuteScalar()!;
        foreach (var path in LogFilter.ReleasedBy(scope))
        {
            Run(_field, path, id);
        }

        return id;
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter($"${i}", value: null));
        }

        _commands.Add(command);
        return command;
    }
}
