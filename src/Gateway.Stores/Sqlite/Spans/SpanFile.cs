using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Google.Protobuf;
using Microsoft.Data.Sqlite;
using Trace = Gateway.Protos.Admin.V1.Trace;

namespace Gateway.Stores.Sqlite.Spans;

/// <summary>
/// The file's writing side, one connection, used by the writer alone. A row is a trace, or a part of one. Not durable against power
/// loss (<c>synchronous=NORMAL</c>): spans are for looking, the disclosure log is the evidence.
/// </summary>
internal sealed class SpanFile : IDisposable
{
    // Another version's file is emptied: nothing in it is worth a migration.
    private const long Version = 1;

    private const string Schema =
        """
        CREATE TABLE IF NOT EXISTS traces(
          id INTEGER PRIMARY KEY, trace BLOB NOT NULL, receipt BLOB, started INTEGER NOT NULL, duration INTEGER NOT NULL,
          partner TEXT, method TEXT, purpose TEXT, decision TEXT, refusal TEXT, spans BLOB NOT NULL);
        CREATE INDEX IF NOT EXISTS traces_trace ON traces(trace);
        CREATE INDEX IF NOT EXISTS traces_receipt ON traces(receipt) WHERE receipt IS NOT NULL;
        """;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _insert;

    public SpanFile(string path)
    {
        PrivateFile.Ensure(path);
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=4194304;");
        if (Number("PRAGMA user_version") is not (0 or Version))
        {
            Run("DROP TABLE IF EXISTS traces;");
        }

        Run(Schema + $"PRAGMA user_version={Version};");
        _insert = _connection.CreateCommand();
        _insert.CommandText =
            "INSERT INTO traces(trace, receipt, started, duration, partner, method, purpose, decision, refusal, spans) "
            + "VALUES ($trace, $receipt, $started, $duration, $partner, $method, $purpose, $decision, $refusal, $spans)";
        foreach (var name in (string[])["$trace", "$receipt", "$started", "$duration", "$partner", "$method", "$purpose", "$decision", "$refusal", "$spans"])
        {
            _insert.Parameters.Add(new SqliteParameter(name, value: null));
        }

        _insert.Prepare();
    }

    /// <summary>Writes calls and parts of calls in one transaction.</summary>
    public void Write(IReadOnlyList<EndedSpans> calls)
    {
        using var transaction = _connection.BeginTransaction();
        _insert.Transaction = transaction;
        foreach (var call in calls)
        {
            Write(call);
        }

        transaction.Commit();
    }

    /// <summary>Deletes what ended before <paramref name="cutoff"/>.</summary>
    public void TrimAge(DateTimeOffset cutoff)
    {
        // Rows are in order of their ending: the oldest come first, so no index is needed.
        var nanos = SpanEncoder.UnixNanos(cutoff.UtcDateTime);
        while (Run($"DELETE FROM traces WHERE id IN (SELECT id FROM traces ORDER BY id LIMIT 5000) AND started + duration < {nanos}") == 5000)
        {
        }
    }

    /// <summary>Deletes the oldest tenth until what is in use fits; freed pages are used again, so that the file grows no more.</summary>
    public void TrimSize(long maxBytes)
    {
        while (UsedBytes() > maxBytes
            && Run("DELETE FROM traces WHERE id <= (SELECT min(id) + (max(id) - min(id)) / 10 FROM traces)") > 0)
        {
        }
    }

    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private void Write(EndedSpans call)
    {
        var root = call.Root;
        var first = root ?? call.Steps[0];
        var message = new Trace { Spans = { call.Steps.Select(SpanEncoder.Encode) } };
        if (root is not null)
        {
            message.Spans.Add(SpanEncoder.Encode(root));
        }

        Span<byte> trace = stackalloc byte[16];
        first.TraceId.CopyTo(trace);
        Bind(0, trace.ToArray());
        Bind(1, ReceiptId.TryParse(root?.GetTagItem(Attributes.Receipt) as string, out var receipt)
            ? receipt.Value.ToByteArray(bigEndian: true)
            : null);
        Bind(2, SpanEncoder.UnixNanos(first.StartTimeUtc));
        Bind(3, first.Duration.Ticks * TimeSpan.NanosecondsPerTick);
        Bind(4, root?.GetTagItem(Attributes.Partner));
        Bind(5, root?.DisplayName);
        Bind(6, root?.GetTagItem(Attributes.Purpose));
        Bind(7, root?.GetTagItem(Attributes.Decision));
        Bind(8, root?.GetTagItem(Attributes.Refusal));
        Bind(9, message.ToByteArray());
        _insert.ExecuteNonQuery();
    }

    private void Bind(int index, object? value) => _insert.Parameters[index].Value = value ?? DBNull.Value;

    private long UsedBytes() =>
        (Number("PRAGMA page_count") - Number("PRAGMA freelist_count")) * Number("PRAGMA page_size");

    private long Number(string sql)
    {
        using var command = Command(sql);
        return (long)command.ExecuteScalar()!;
    }

    private int Run(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteNonQuery();
    }

#pragma warning disable CA2100 // Constant texts of this file, and numbers.
    private SqliteCommand Command(string sql) => new(sql, _connection);
#pragma warning restore CA2100
}
