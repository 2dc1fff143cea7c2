using System.Globalization;
using Gateway.Core.Annotations;
using Gateway.Core.Statistics;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Statistics.V1;
using Gateway.Stores.Sqlite.Usage;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Tests.Usage;

/// <summary>One usage event.</summary>
public sealed record UsageEvent(string Visitor, string Visit, DateTimeOffset At, string Kind, string PageGroup, string Country, string Referrer);

/// <summary>A usage system's database with the view.</summary>
internal sealed class TestUsage : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TestUsage()
    {
        Execute("""
            CREATE TABLE events (visitor TEXT, visit TEXT, at TEXT, kind TEXT, page_group TEXT, country TEXT, referrer TEXT);
            CREATE VIEW sharing_usage_events AS SELECT visitor, visit, at, kind, page_group, country, referrer FROM events;
            CREATE INDEX events_counted ON events (kind, at);
            """);
        Source = new SqliteUsageSource(ConnectionString, Catalogue.Compile(FulfilmentReflection.Descriptor, PaymentReflection.Descriptor).Records.Values, TimeProvider.System, 2);
    }

    public static StatisticsLists Lists { get; } = new(20, ["DE", "GB", "IE"], ["catalogue", "home", "product"], ["direct", "search"]);

    public static StatisticsPeriod March { get; } = StatisticsPeriod.OfMonth(2026, 3)!.Value;

    public string ConnectionString => $"Data Source={_folder["usage.db"]};Pooling=False";

    public SqliteUsageSource Source { get; }

    public static FigureTerms Terms(Figure figure, params Dimension[] by) => new(Menu.All.Single(m => m.Figure == figure), [.. by]);

    public void Execute(string sql)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    public void Put(IEnumerable<UsageEvent> events)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7)";
        foreach (var e in events)
        {
            command.Parameters.Clear();
            string[] values = [e.Visitor, e.Visit, e.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture), e.Kind, e.PageGroup, e.Country, e.Referrer];
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.AddWithValue($"${i + 1}", values[i]);
            }

            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    public async Task<CellCount[]> CountAsync(FigureTerms figure, StatisticsPeriod? period = null) =>
        [.. await Source.Prepare(figure, Lists).CountAsync(period ?? March, TestContext.Current.CancellationToken)];

    public void Dispose()
    {
        Source.Dispose();
        _folder.Dispose();
    }
}
