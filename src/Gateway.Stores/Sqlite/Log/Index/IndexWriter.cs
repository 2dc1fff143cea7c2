using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>Puts entries into the index, a batch a transaction together with how far it has come. Used by one thread at a time.</summary>
internal sealed class IndexWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _entry;
    private readonly SqliteStatement _posting;
    private readonly SqliteStatement _seen;
    private readonly SqliteStatement _segment;
    private readonly SqliteStatement _progress;
    private readonly ShapeIds _shapes;

    /// <param name="connection">Owned from here on.</param>
    public IndexWriter(SqliteConnection connection)
    {
        _connection = connection;
        SqliteStatement Prepare(string sql) => new(connection.Handle!, sql);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _entry = Prepare("INSERT INTO entry (segment, shape, id, time) VALUES (?, ?, ?, ?)");
        _posting = Prepare("INSERT OR IGNORE INTO posting (segment, term, shape, id) VALUES (?, ?, ?, ?)");
        _seen = Prepare("INSERT OR IGNORE INTO seen (segment, shape) VALUES (?, ?)");
        _segment = Prepare("""
            INSERT INTO segment VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)
            """);
        _progress = Prepare("UPDATE progress SET next = ?, last_receipt = ?, minimum = ?");
        _shapes = new ShapeIds(connection);
        using var read = connection.CreateCommand();
        read.CommandText = "SELECT next, last_receipt, minimum FROM progress";
        using var row = read.ExecuteReader();
        row.Read();
        (Next, LastReceipt, Minimum) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetInt64(2));
    }

    /// <summary>One above the last index that is there; the log may go on above it.</summary>
    public long Next { get; private set; }

    /// <summary>Receipt of the last leaf that is: tells whether this is an index of that log.</summary>
    public byte[] LastReceipt { get; private set; }

    /// <summary>Entries with a lower index are forgotten.</summary>
    public long Minimum { get; private set; }

    /// <summary>True when the index holds this scope's fields.</summary>
    public bool HasScope(ByteString hash) => _shapes.FindScope(hash) is not null;

    /// <summary>Adds entries.</summary>
    /// <param name="entries">Each with a higher index than the one before, the first at or above <see cref="Next"/>.</param>
    /// <param name="scopes">The scopes that <see cref="HasScope"/> does not know yet, by hash.</param>
    public void Add(IReadOnlyList<(long Index, Entry Entry)> entries, IReadOnlyDictionary<ByteString, Scope> scopes)
    {
        var (index, entry) = entries[^1];
        var receipt = entry.Receipt.ToByteArray();
        // A log that was pruned before it was indexed begins where it begins.
        var minimum = Next == 0 ? Math.Max(Minimum, entries[0].Index) : Minimum;
        InTransaction(() =>
        {
            foreach (var (hash, scope) in scopes)
            {
                _shapes.AddScope(hash, LogFilter.ReleasedBy(scope));
            }

            foreach (var segment in entries.GroupBy(e => e.Index >> IndexSchema.SegmentBits))
            {
                AddSegment(segment.Key, segment);
            }

            _progress.Bind(1, index + 1).Bind(2, receipt).Bind(3, minimum).Run();
        });
        (Next, LastReceipt, Minimum) = (index + 1, receipt, minimum);
    }

    /// <summary>Forgets entries below <paramref name="minimum"/> from now on; <see cref="SweepOnce"/> gives their room back.</summary>
    public void Forget(long minimum)
    {
        InTransaction(() => Run("UPDATE progress SET minimum = $0", minimum));
        Minimum = minimum;
    }

    /// <summary>Deletes what is forgotten of the oldest segment that has any; false when none has.</summary>
    public bool SweepOnce()
    {
        using var oldest = _connection.CreateCommand();
        oldest.CommandText = "SELECT segment FROM entry ORDER BY segment LIMIT 1";
        if (oldest.ExecuteScalar() is not long segment || segment > Minimum >> IndexSchema.SegmentBits)
        {
            return false;
        }

        var whole = segment < Minimum >> IndexSchema.SegmentBits;
        InTransaction(() =>
        {
            Run("DELETE FROM posting WHERE segment = $0 AND id < $1", segment, Minimum);
            Run("DELETE FROM entry WHERE segment = $0 AND id < $1", segment, Minimum);
            Run("DELETE FROM seen WHERE segment = $0 AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.segment = $0 AND e.shape = seen.shape)", segment);
            if (whole)
            {
                Run("DELETE FROM segment WHERE id = $0", segment);
            }
        });
        return whole;
    }

    /// <summary>Deletes shapes and scopes that no entry has any more.</summary>
    public void SweepShapes()
    {
        InTransaction(() =>
        {
            Run("DELETE FROM shape WHERE id NOT IN (SELECT shape FROM seen)");
            Run("DELETE FROM scope WHERE id NOT IN (SELECT scope FROM shape)");
            Run("DELETE FROM scope_field WHERE scope NOT IN (SELECT id FROM scope)");
        });
        _shapes.Clear();
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_begin, _commit, _rollback, _entry, _posting, _seen, _segment, _progress])
        {
            statement.Dispose();
        }

        _shapes.Dispose();
        _connection.Dispose();
    }

    private void AddSegment(long segment, IEnumerable<(long Index, Entry Entry)> entries)
    {
        var seen = new HashSet<long>();
        var (earliest, latest) = (long.MaxValue, long.MinValue);
        foreach (var (index, entry) in entries)
        {
            var shape = _shapes.Of(EntryShape.Of(entry));
            var time = IndexQuery.Ticks(entry.Time.ToDateTimeOffset());
            (earliest, latest) = (Math.Min(earliest, time), Math.Max(latest, time));
            _entry.Bind(1, segment).Bind(2, shape).Bind(3, index).Bind(4, time).Run();
            foreach (var term in IndexTerm.Of(entry))
            {
                _posting.Bind(1, segment).Bind(2, term).Bind(3, shape).Bind(4, index).Run();
            }

            if (seen.Add(shape))
            {
                _seen.Bind(1, segment).Bind(2, shape).Run();
            }
        }

        _segment.Bind(1, segment).Bind(2, earliest).Bind(3, latest).Run();
    }

    private void InTransaction(Action write)
    {
        _begin.Run();
        try
        {
            write();
            _commit.Run();
        }
        catch
        {
            _shapes.Clear();
            if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            {
                _rollback.Run();
            }

            throw;
        }
    }

    private void Run(string sql, params ReadOnlySpan<long> values)
    {
        using var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i}", values[i]);
        }

        command.ExecuteNonQuery();
    }
}
