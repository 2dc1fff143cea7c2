using Gateway.Protos.Log.V1;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>How often a partner was answered with records under a scope.</summary>
/// <param name="Partner">The partner's id.</param>
/// <param name="Scope">Hash of the scope.</param>
/// <param name="Answers">Entries that released records, or a table of statistics.</param>
/// <param name="Last">Time of the last of them.</param>
public sealed record ScopeUse(string Partner, ByteString Scope, long Answers, DateTimeOffset Last);

/// <summary>Counts answers by what they have in common. No leaf is read: shapes hold partner and scope, and entries their time.</summary>
internal sealed class IndexUses : IDisposable
{
    /// <summary>Its answers hold no records; those that were refused have no scope, so that they are not counted.</summary>
    private const string Statistics = "gateway.statistics.v1.StatisticsService/GetStatistics";

    private readonly SqliteCommand _segments;
    private readonly SqliteCommand _one;

    public IndexUses(SqliteConnection connection, DateTimeOffset since)
    {
        _segments = connection.CreateCommand();
        _segments.CommandText = $"SELECT id FROM segment WHERE latest >= $since AND id >= $minimum >> {IndexSchema.SegmentBits}";
        _one = connection.CreateCommand();
        _one.CommandText = $"""
            SELECT s.partner, c.hash, count(*), max(e.time)
            FROM seen n
            CROSS JOIN shape s ON s.id = n.shape AND s.called = 1 AND (s.records = 1 OR s.method = $counted) AND s.kind = {(int)Kind.Disclosure}
            CROSS JOIN scope c ON c.id = s.scope
            CROSS JOIN entry e ON e.segment = n.segment AND e.shape = n.shape AND e.id >= $minimum AND e.time >= $since
            WHERE n.segment = $segment GROUP BY s.partner, s.scope
            """;
        foreach (var command in (SqliteCommand[])[_segments, _one])
        {
            command.Parameters.AddWithValue("$since", IndexQuery.Ticks(since));
            command.Parameters.AddWithValue("$minimum", 0L);
        }

        _one.Parameters.AddWithValue("$segment", 0L);
        _one.Parameters.AddWithValue("$counted", Statistics);
    }

    /// <summary>Segments that may hold an answer.</summary>
    public List<long> Segments(long minimum)
    {
        _segments.Parameters["$minimum"].Value = minimum;
        using var row = _segments.ExecuteReader();
        var segments = new List<long>();
        while (row.Read())
        {
            segments.Add(row.GetInt64(0));
        }

        return segments;
    }

    /// <summary>Adds the answers of one segment.</summary>
    public void Add(long segment, long minimum, Dictionary<(string Partner, ByteString Scope), ScopeUse> uses)
    {
        _one.Parameters["$segment"].Value = segment;
        _one.Parameters["$minimum"].Value = minimum;
        using var row = _one.ExecuteReader();
        while (row.Read())
        {
            var (partner, scope) = (row.GetString(0), ByteString.CopyFrom(row.GetFieldValue<byte[]>(1)));
            var (answers, last) = (row.GetInt64(2), IndexQuery.Time(row.GetInt64(3)));
            uses[(partner, scope)] = uses.TryGetValue((partner, scope), out var known)
                ? known with { Answers = known.Answers + answers, Last = last > known.Last ? last : known.Last }
                : new ScopeUse(partner, scope, answers, last);
        }
    }

    public void Dispose()
    {
        _segments.Dispose();
        _one.Dispose();
    }
}
