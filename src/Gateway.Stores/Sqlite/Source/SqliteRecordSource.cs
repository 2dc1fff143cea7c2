using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// Records from the shop's SQLite database: views <c>sharing_&lt;source&gt;</c>, opened read-only whatever the connection string says.
/// Owns its connections.
/// </summary>
public sealed class SqliteRecordSource : IRecordSource, IDisposable
{
    private readonly SourcePool _pool;
    private int _lastReader;

    /// <param name="connectionString">Microsoft.Data.Sqlite's; only the data source counts.</param>
    /// <param name="clock">For what the connections themselves need; calls bring their own time.</param>
    /// <param name="maxConnections">Reads at once, at least 1; null for twice the processors.</param>
    /// <exception cref="SourceException">The connection string is malformed.</exception>
    public SqliteRecordSource(string connectionString, TimeProvider clock, int? maxConnections = null)
    {
        try
        {
            var settings = new SqliteConnectionStringBuilder(connectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            _pool = new SourcePool(settings.ToString(), maxConnections ?? 2 * Environment.ProcessorCount, clock);
        }
        catch (ArgumentException e)
        {
            throw new SourceException("the source's connection string is not one of Microsoft.Data.Sqlite: Data Source=/path/to/shop.db", e);
        }
    }

    internal SourcePool Pool => _pool;

    /// <summary>Compiles the grant and tries it on the views; see <see cref="IRecordSource.Prepare"/>.</summary>
    /// <exception cref="SourceException">A view or a column is missing (all of them are named), two fields share a column, or the database cannot be opened.</exception>
    public IGrantReader Prepare(Grant grant)
    {
        var queries = new GrantQueries(grant);
        using var connection = _pool.Open();
        ViewCheck.Check(connection, queries);
        connection.StatementsOf(0, queries, grant.Partner).PrepareAll();
        return new SqliteGrantReader(_pool, Interlocked.Increment(ref _lastReader), grant, queries);
    }

    /// <summary>Compiles the reader and tries it on the views; see <see cref="IRecordSource.PrepareForSubject"/>.</summary>
    /// <exception cref="SourceException">As <see cref="Prepare"/>.</exception>
    public ISubjectReader PrepareForSubject(RecordType record, FieldSet fields)
    {
        var queries = new SubjectQueries(record, fields);
        using var connection = _pool.Open();
        ViewCheck.Check(connection, queries);
        return new SqliteSubjectReader(_pool, queries);
    }

    public void Dispose() => _pool.Dispose();
}
