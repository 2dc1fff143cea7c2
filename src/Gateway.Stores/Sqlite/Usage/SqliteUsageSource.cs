using Gateway.Core.Annotations;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Usage;

/// <summary>
/// Usage events from a SQLite database of their own: the view <c>sharing_usage_events</c>, opened read-only whatever the connection string
/// says. Owns its connections; none of them can see a registration record.
/// </summary>
public sealed class SqliteUsageSource : IUsageSource, IDisposable
{
    private readonly SourcePool _pool;

    /// <param name="connectionString">Microsoft.Data.Sqlite's; only the data source counts.</param>
    /// <param name="records">Every record that partners are served, so that none of them is mixed with usage.</param>
    /// <param name="clock">For what the connections themselves need.</param>
    /// <param name="maxConnections">Counts at once, at least 1; null for the number of processors.</param>
    /// <exception cref="SourceException">The connection string is malformed.</exception>
    public SqliteUsageSource(string connectionString, IEnumerable<RecordType> records, TimeProvider clock, int? maxConnections = null)
    {
        try
        {
            var settings = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            _pool = new SourcePool(settings.ToString(), maxConnections ?? Environment.ProcessorCount, clock, new UsageGuard(records).Take);
        }
        catch (ArgumentException e)
        {
            throw new SourceException("the usage source's connection string is not one of Microsoft.Data.Sqlite: Data Source=/path/to/usage.db", e);
        }
    }

    /// <summary>Compiles the figure and tries it on the view; see <see cref="IUsageSource.Prepare"/>.</summary>
    public IUsageReader Prepare(FigureTerms figure, StatisticsLists lists)
    {
        var query = new FigureQuery(figure, lists);
        using var connection = _pool.Open();
        using (new Statement(connection, $"SELECT {string.Join(", ", query.Columns)} FROM {UsageGuard.View}", UsageGuard.View))
        using (new Statement(connection, query.Malformed, UsageGuard.View))
        using (new Statement(connection, query.Count, UsageGuard.View))
        {
            return new SqliteUsageReader(_pool, query);
        }
    }

    public void Dispose() => _pool.Dispose();
}
