using Gateway.Core.Log;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log.Index;

/// <summary>
/// A <see cref="LogFilter"/> → two SELECTs over the index: which segments to look at, and what matches in one. Values are always
/// parameters. What one SELECT reads and sorts is bounded by a segment; a segment full of matches fills the page, so that no more than a
/// few are read, and a rare match costs a seek for each segment.
/// </summary>
internal sealed class IndexQuery : IDisposable
{
    private readonly SqliteCommand _segments;
    private readonly SqliteCommand _one;
    private int _terms;

    public IndexQuery(SqliteConnection connection, LogFilter filter)
    {
        _segments = connection.CreateCommand();
        _one = connection.CreateCommand();
        var arms = filter.Partner is { } partner
            // What has no caller is found by what it was done to.
            ? (string[])[Arm(filter, "s.called = 1 AND s.partner = $partner"), Arm(filter, "s.called = 0", IndexTerm.Target(partner))]
            : [Arm(filter)];
        BindShape(filter);
        Bind(_one, "$partner", filter.Partner);
        foreach (var command in (SqliteCommand[])[_segments, _one])
        {
            Bind(command, "$since", filter.Since is { } since ? Ticks(since) : null);
            Bind(command, "$until", filter.Until is { } until ? Ticks(until) : null);
            command.Parameters.AddWithValue("$before", 0L);
            command.Parameters.AddWithValue("$minimum", 0L);
        }

        _one.Parameters.AddWithValue("$segment", 0L);
        _one.Parameters.AddWithValue("$limit", 0L);
#pragma warning disable CA2100 // Joined from the constant texts of this class.
        _segments.CommandText = $"""
            SELECT id FROM segment WHERE id <= ($before - 1) >> {IndexSchema.SegmentBits} AND id >= $minimum >> {IndexSchema.SegmentBits}
            {(filter.Since is null ? "" : "AND latest >= $since")} {(filter.Until is null ? "" : "AND earliest < $until")} ORDER BY id DESC
            """;
        _one.CommandText = $"SELECT id FROM ({string.Join(" UNION ALL ", arms)}) ORDER BY id DESC LIMIT $limit";
#pragma warning restore CA2100
    }

    /// <summary>The statement for one segment, for its plan.</summary>
    internal SqliteCommand ForOneSegment => _one;

    /// <summary>Segments that may hold a match below <paramref name="before"/>, newest first.</summary>
    public List<long> Segments(long before, long minimum)
    {
        _segments.Parameters["$before"].Value = before;
        _segments.Parameters["$minimum"].Value = minimum;
        return Read(_segments);
    }

    /// <summary>Indexes of matching entries of one segment, newest first.</summary>
    public List<long> InSegment(long segment, long before, long minimum, long limit)
    {
        _one.Parameters["$segment"].Value = segment;
        _one.Parameters["$before"].Value = before;
        _one.Parameters["$minimum"].Value = minimum;
        _one.Parameters["$limit"].Value = limit;
        return Read(_one);
    }

    /// <summary>Indexes of matching entries, newest first.</summary>
    public List<long> Page(long before, long minimum, int limit)
    {
        var found = new List<long>();
        foreach (var segment in Segments(before, minimum))
        {
            found.AddRange(InSegment(segment, before, minimum, limit - found.Count));
            if (found.Count >= limit)
            {
                break;
            }
        }

        return found;
    }

    /// <summary>True when an entry released the record to the partner. Newest segments first: a record leaves a watch soon after it came.</summary>
    public static bool WasDisclosed(SqliteConnection connection, string partner, Pseudonym record)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT 1 FROM segment g CROSS JOIN posting p ON p.segment = g.id AND p.term = $term CROSS JOIN shape s ON s.id = p.shape
            WHERE s.called = 1 AND s.partner = $partner ORDER BY g.id DESC LIMIT 1
            """;
        command.Parameters.AddWithValue("$term", IndexTerm.Released(IndexTerm.Bytes(record)));
        command.Parameters.AddWithValue("$partner", partner);
        return command.ExecuteScalar() is not null;
    }

    /// <summary>An instant as the index holds it.</summary>
    public static long Ticks(DateTimeOffset time) => time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;

    /// <summary>Back from <see cref="Ticks"/>.</summary>
    public static DateTimeOffset Time(long ticks) => DateTimeOffset.UnixEpoch.AddTicks(ticks);

    public void Dispose()
    {
        _segments.Dispose();
        _one.Dispose();
    }

    /// <summary>Entries with these terms and of these shapes. Both lists are in the order of shapes, so that each shape is one seek.</summary>
    private string Arm(LogFilter filter, string? shape = null, byte[]? target = null)
    {
        // From what the fewest entries have to what the most may have: the first is walked, the others are looked up.
        string?[] terms =
        [
            Term(filter.Receipt is { } receipt ? IndexTerm.Receipt(receipt.Value.ToByteArray(bigEndian: true)) : null),
            Term(filter.Trace is { } trace ? IndexTerm.Trace(trace) : null),
            filter.Record is { } record
                ? $"{Term(IndexTerm.Released(IndexTerm.Bytes(record)))}, {Term(IndexTerm.Withdrawn(IndexTerm.Bytes(record)))}"
                : null,
            Term(target),
            Term(filter.Subject is { } subject ? IndexTerm.Subject(IndexTerm.Bytes(subject)) : null),
        ];
        var asked = terms.OfType<string>().ToList();
        var shapes = ShapeConditions(filter).Concat(shape is null ? [] : [shape]).ToList();
        var from = new List<string>();
        var where = new List<string>();
        if (shapes.Count > 0)
        {
            from.Add("seen t CROSS JOIN shape s ON s.id = t.shape");
            where.Add($"t.segment = $segment AND {string.Join(" AND ", shapes)}");
            if (asked.Count > 0)
            {
                // A segment without the term costs one seek and not one for each shape. Not EXISTS, which SQLite makes a join, run for each row.
                where.Add($"(SELECT 1 FROM posting x WHERE x.segment = $segment AND x.term IN ({asked[0]}) LIMIT 1) = 1");
            }
        }

        var list = asked.Count > 0 ? "posting" : "entry";
        from.Add(shapes.Count > 0 ? $"{list} p ON p.segment = t.segment AND p.shape = t.shape" : $"{list} p");
        where.Add("p.segment = $segment AND p.id < $before AND p.id >= $minimum");
        if (asked.Count > 0)
        {
            where.Add($"p.term IN ({asked[0]})");
        }

        where.AddRange(asked.Skip(1).Select(
            a => $"EXISTS (SELECT 1 FROM posting q WHERE q.segment = p.segment AND q.term IN ({a}) AND q.shape = p.shape AND q.id = p.id)"));
        if (filter.Since is not null || filter.Until is not null)
        {
            var timed = asked.Count > 0 ? "e" : "p";
            if (asked.Count > 0)
            {
                from.Add("entry e ON e.segment = p.segment AND e.shape = p.shape AND e.id = p.id");
            }

            where.AddRange(filter.Since is null ? [] : [$"{timed}.time >= $since"]);
            where.AddRange(filter.Until is null ? [] : [$"{timed}.time < $until"]);
        }

        return $"SELECT p.id AS id FROM {string.Join(" CROSS JOIN ", from)} WHERE {string.Join(" AND ", where)}";
    }

    private static IEnumerable<string> ShapeConditions(LogFilter filter)
    {
        (object? Asked, string Condition)[] all =
        [
            (filter.Purpose, "s.purpose = $purpose"), (filter.Method, "s.method = $method"), (filter.Kind, "s.kind = $kind"),
            (filter.Outcome, "s.outcome = $outcome"), (filter.Refusal, "s.refusal = $refusal"), (filter.Key, "s.key = $key"),
            (filter.Action, "s.action = $action"),
            // '/' follows '.': the range holds the leaves of a message.
            (filter.Field, """
                s.kind = 1 AND s.records = 1 AND s.scope IN
                (SELECT scope FROM scope_field WHERE path = $field OR (path >= $field || '.' AND path < $field || '/'))
                """),
        ];
        return all.Where(c => c.Asked is not null).Select(c => c.Condition);
    }

    private void BindShape(LogFilter filter)
    {
        Bind(_one, "$purpose", filter.Purpose);
        Bind(_one, "$method", filter.Method);
        Bind(_one, "$kind", (long?)filter.Kind);
        Bind(_one, "$outcome", (long?)filter.Outcome);
        Bind(_one, "$refusal", filter.Refusal);
        Bind(_one, "$key", filter.Key);
        Bind(_one, "$action", filter.Action);
        Bind(_one, "$field", filter.Field);
    }

    private string? Term(byte[]? term)
    {
        if (term is null)
        {
            return null;
        }

        var name = $"$term{_terms++}";
        _one.Parameters.AddWithValue(name, term);
        return name;
    }

    private static void Bind(SqliteCommand command, string name, object? value)
    {
        if (value is not null)
        {
            command.Parameters.AddWithValue(name, value);
        }
    }

    private static List<long> Read(SqliteCommand command)
    {
        using var rows = command.ExecuteReader();
        var found = new List<long>();
        while (rows.Read())
        {
            found.Add(rows.GetInt64(0));
        }

        return found;
    }
}
