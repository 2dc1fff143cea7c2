using System.Diagnostics;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Data.Sqlite;
using Trace = Gateway.Protos.Admin.V1.Trace;

namespace Gateway.Stores.Sqlite.Spans;

/// <summary>Reads the span store: a connection a question, beside the writer's.</summary>
public sealed class SpanReader(string path)
{
    private readonly string _connectionString =
        new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();

    /// <summary>The trace's spans in order of their beginning, or null where none is kept.</summary>
    public Trace? Find(ActivityTraceId id)
    {
        using var connection = Open();
        return Find(connection, Bytes(id), id.ToHexString());
    }

    /// <summary>The trace whose root carries the receipt, or null where none is kept.</summary>
    public Trace? Find(ReceiptId receipt)
    {
        using var connection = Open();
        using var command = new SqliteCommand("SELECT trace FROM traces WHERE receipt = $receipt", connection);
        command.Parameters.AddWithValue("$receipt", receipt.Value.ToByteArray(bigEndian: true));
        return command.ExecuteScalar() is byte[] id ? Find(connection, id, Convert.ToHexStringLower(id)) : null;
    }

    /// <summary>Ended calls, newest first.</summary>
    public IReadOnlyList<TraceSummary> List(ListTracesRequest filter, int limit)
    {
        using var connection = Open();
        using var command = new SqliteCommand(
            "SELECT trace, receipt, partner, method, purpose, decision, refusal, started, duration FROM traces WHERE decision IS NOT NULL "
            + "AND ($partner IS NULL OR coalesce(partner, '_OTHER') = $partner) AND ($decision IS NULL OR decision = $decision) "
            + "AND ($slower IS NULL OR duration > $slower) ORDER BY id DESC LIMIT $limit", connection);
        command.Parameters.AddWithValue("$partner", filter.Partner.Length == 0 ? DBNull.Value : filter.Partner);
        command.Parameters.AddWithValue("$decision", (object?)Decision(filter.Outcome) ?? DBNull.Value);
        command.Parameters.AddWithValue(
            "$slower", filter.SlowerThan is { } slower ? slower.ToTimeSpan().Ticks * TimeSpan.NanosecondsPerTick : DBNull.Value);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var found = new List<TraceSummary>();
        while (reader.Read())
        {
            found.Add(Summary(reader));
        }

        return found;
    }

    private static Trace? Find(SqliteConnection connection, byte[] id, string name)
    {
        using var command = new SqliteCommand("SELECT spans FROM traces WHERE trace = $trace ORDER BY id", connection);
        command.Parameters.AddWithValue("$trace", id);
        using var reader = command.ExecuteReader();
        var trace = new Trace { Id = name };
        while (reader.Read())
        {
            trace.MergeFrom(Trace.Parser.ParseFrom((byte[])reader[0]));
        }

        if (trace.Spans.Count == 0)
        {
            return null;
        }

        // The root first also where the clock's resolution puts a step at the same instant.
        var ordered = trace.Spans.OrderBy(s => s.StartUnixNanos).ThenBy(s => !s.Parent.IsEmpty).ToArray();
        trace.Spans.Clear();
        trace.Spans.AddRange(ordered);
        return trace;
    }

    private static TraceSummary Summary(SqliteDataReader row) => new()
    {
        Trace = Convert.ToHexStringLower((byte[])row[0]),
        Receipt = row[1] is byte[] receipt ? new ReceiptId(new Guid(receipt, bigEndian: true)).ToString() : "",
        Partner = row[2] as string ?? "_OTHER",
        Method = row[3] as string ?? "_OTHER",
        Purpose = row[4] as string ?? "",
        Outcome = row[5] switch { "released" => Outcome.Released, "refused" => Outcome.Refused, _ => Outcome.Failed },
        Refusal = row[6] as string ?? "",
        StartTime = Timestamp.FromDateTime(DateTime.UnixEpoch.AddTicks((long)row[7] / TimeSpan.NanosecondsPerTick)),
        Duration = Duration.FromTimeSpan(TimeSpan.FromTicks((long)row[8] / TimeSpan.NanosecondsPerTick)),
    };

    private static string? Decision(Outcome outcome) => outcome switch
    {
        Outcome.Released => "released",
        Outcome.Refused => "refused",
        Outcome.Failed => "failed",
        _ => null,
    };

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        return connection;
    }

    private static byte[] Bytes(ActivityTraceId id)
    {
        var bytes = new byte[16];
        id.CopyTo(bytes);
        return bytes;
    }
}
