using System.Globalization;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Statistics;

/// <summary>The tables that partners were given, in a SQLite file of their own, a sync each. Nothing is ever changed or removed in it.</summary>
public sealed class SqliteKeptTables : IKeptTables, IDisposable
{
    private const int ApplicationId = 0x47577461;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS given (
            partner TEXT NOT NULL, figure INTEGER NOT NULL, kind INTEGER NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL, answer BLOB NOT NULL,
            PRIMARY KEY (partner, figure, kind, starts)) STRICT, WITHOUT ROWID;
        """;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _keep;

    /// <param name="path">The file; its folder exists.</param>
    /// <exception cref="StoreException">It cannot be opened safely.</exception>
    public SqliteKeptTables(string path)
    {
        _path = path;
        _file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        _keep = _file.Prepare("INSERT OR IGNORE INTO given (partner, figure, kind, starts, ends, answer) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    }

    public IReadOnlyList<KeptTable> Overlapping(string partner, Figure figure, StatisticsPeriod period)
    {
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText =
                "SELECT kind, starts, ends, answer FROM given WHERE partner = $partner AND figure = $figure AND starts < $ends AND ends > $starts ORDER BY starts, kind";
            command.Parameters.AddWithValue("$partner", partner);
            command.Parameters.AddWithValue("$figure", (long)figure);
            command.Parameters.AddWithValue("$starts", Text(period.From));
            command.Parameters.AddWithValue("$ends", Text(period.Until));
            using var reader = command.ExecuteReader();
            var tables = new List<KeptTable>();
            while (reader.Read())
            {
                tables.Add(new KeptTable(
                    new StatisticsPeriod((PeriodKind)reader.GetInt32(0), Instant(reader.GetString(1)), Instant(reader.GetString(2))), reader.GetFieldValue<byte[]>(3)));
            }

            return tables;
        }
        catch (SqliteException e)
        {
            throw new SourceException($"{_path} cannot be read: {SqliteFailure.Describe(e)}", e);
        }
    }

    public KeptTable Keep(string partner, Figure figure, KeptTable table)
    {
        lock (_lock)
        {
            try
            {
                _file.Begin();
                _keep.Bind(1, partner).Bind(2, (long)figure).Bind(3, (long)table.Period.Kind)
                    .Bind(4, Text(table.Period.From)).Bind(5, Text(table.Period.Until)).Bind(6, table.Table.Span).Run();
                _file.Commit(table.Table.Length);
                _file.Checkpoint(idle: true);
            }
            catch (SqliteException e)
            {
                _file.TryRollback();
                throw new SourceException($"{_path} cannot be written: {SqliteFailure.Describe(e)}", e);
            }
        }

        // Another call may have been first: its table is the one.
        return Overlapping(partner, figure, table.Period).Single(t => t.Period == table.Period);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _keep.Dispose();
            _file.Dispose();
        }
    }

    private static string Text(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset Instant(string day) =>
        new(DateOnly.ParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero);
}
