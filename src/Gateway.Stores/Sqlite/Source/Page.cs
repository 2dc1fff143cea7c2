using Gateway.Core.Sources;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>What a page is made of: a value and where it stands.</summary>
/// <param name="UpdatedAt">Last change.</param>
/// <param name="Key">The record's key.</param>
/// <param name="HasFraction">True when the time's text has a fraction.</param>
/// <param name="Value">The row.</param>
internal readonly record struct Placed<T>(DateTimeOffset UpdatedAt, string Key, bool HasFraction, T Value);

/// <summary>
/// Reads pages in the order (instant, key) from statements that give the order (text, key), which an index has. The two differ only
/// within one second, where the text without a fraction, being the earliest instant, comes last. So a second that a page begins or
/// ends in is read in two ranges, and the page is put in order here.
/// </summary>
internal static class Page
{
    // Sorts after the text of a second itself, before that of any later one.
    private const string Beyond = "!";

    // Sorts after every time.
    private const string End = "~";

    private static readonly DateTimeOffset s_last = new(9999, 12, 31, 23, 59, 59, 999, TimeSpan.Zero);

    public static List<Placed<T>> Read<T>(
        Statement statement, Cursor after, int limit, Func<RowValues, Placed<T>> read, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var (instant, key) = WholeMilliseconds(after);
        var second = SourceInstant.FormatSecond(instant);
        var rows = new List<Placed<T>>();
        if (instant.Millisecond == 0)
        {
            Range(second, key, second + Beyond, limit);
        }

        Range(SourceInstant.Format(instant), key, second, limit);
        var rest = limit - rows.Count;
        if (rest > 0 && Range(second + Beyond, "", End, rest) == rest)
        {
            FinishLastSecond();
        }

        rows.Sort((x, y) => x.UpdatedAt == y.UpdatedAt ? KeyOrder.Compare(x.Key, y.Key) : x.UpdatedAt.CompareTo(y.UpdatedAt));
        if (rows.Count > limit)
        {
            rows.RemoveRange(limit, rows.Count - limit);
        }

        return rows;

        int Range(string fromTime, string fromKey, string below, int most)
        {
            statement.Bind(Parameter.AfterTime, fromTime);
            statement.Bind(Parameter.AfterKey, fromKey);
            statement.Bind(Parameter.BelowTime, below);
            statement.Bind(Parameter.Limit, most);
            var before = rows.Count;
            try
            {
                while (statement.Step())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    rows.Add(read(statement.Values));
                }
            }
            finally
            {
                statement.Reset();
            }

            return rows.Count - before;
        }

        // The page may have ended before the rows without a fraction, which belong before those with one.
        void FinishLastSecond()
        {
            var last = rows[^1];
            var lastSecond = SourceInstant.FormatSecond(last.UpdatedAt);
            if (rows.Exists(r => r.HasFraction && SourceInstant.FormatSecond(r.UpdatedAt) == lastSecond))
            {
                Range(lastSecond, last.HasFraction ? "" : last.Key, lastSecond + Beyond, limit);
            }
        }
    }

    // The source knows milliseconds only: what is after an instant between two of them begins with the later one.
    private static (DateTimeOffset Instant, string Key) WholeMilliseconds(Cursor after)
    {
        var beyond = after.UpdatedAt.Ticks % TimeSpan.TicksPerMillisecond;
        var whole = after.UpdatedAt.AddTicks(-beyond);
        return beyond == 0 ? (whole, after.Key)
            : whole == s_last ? (whole, char.MaxValue.ToString()) // nothing comes after the year 9999
            : (whole.AddMilliseconds(1), "");
    }
}
