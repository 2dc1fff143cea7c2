using System.Globalization;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Stores.Sqlite.Source;
using SQLitePCL;

namespace Gateway.Stores.Sqlite.Usage;

/// <summary>
/// Counts one figure of one period. A count reads every event of the period and is asked for once in its life, so it is prepared anew and
/// runs on a thread of the pool; who gives up interrupts it.
/// </summary>
internal sealed class SqliteUsageReader(SourcePool pool, FigureQuery query) : IUsageReader
{
    public async ValueTask<IReadOnlyList<CellCount>> CountAsync(StatisticsPeriod period, CancellationToken cancellationToken)
    {
        var connection = await pool.RentAsync(cancellationToken);
        try
        {
            await using var interrupt = cancellationToken.Register(() => raw.sqlite3_interrupt(connection.Handle));
            return await Task.Run(() => Count(connection, period), cancellationToken);
        }
        catch (SourceException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        finally
        {
            pool.Return(connection);
        }
    }

    private List<CellCount> Count(SourceConnection connection, StatisticsPeriod period)
    {
        connection.BeginSnapshot();
        try
        {
            using (var malformed = Over(connection, query.Malformed, period))
            {
                malformed.Step();
                if (malformed.Values.Boolean(0, "malformed"))
                {
                    throw new SourceException($"view '{UsageGuard.View}' has an event without visitor, visit or time as YYYY-MM-DDTHH:MM:SS[.fff]Z");
                }
            }

            var cells = new List<CellCount>();
            using var statement = Over(connection, query.Count, period);
            while (statement.Step())
            {
                var row = statement.Values;
                var outside = row.IsNull(0) || row.IsNull(1) || row.IsNull(2);
                cells.Add(new CellCount(
                    outside ? null : new Cell(row.Text(0, "country"), row.Text(1, "page_group"), row.Text(2, "referrer")), row.Int64(3, "count"), row.Int64(4, "sum")));
            }

            return cells;
        }
        finally
        {
            connection.EndSnapshot();
        }
    }

    // Without its last letter, a bound sorts before every time of its second, with a fraction or without.
    private static Statement Over(SourceConnection connection, string sql, StatisticsPeriod period)
    {
        var statement = new Statement(connection, sql, UsageGuard.View);
        statement.Bind(1, period.From.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        statement.Bind(2, period.Until.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        return statement;
    }
}
