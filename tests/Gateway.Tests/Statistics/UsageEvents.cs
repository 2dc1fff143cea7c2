using System.Globalization;
using Gateway.Configuration;
using Gateway.Demo.Shop;

namespace Gateway.Tests.Statistics;

/// <summary>The usage events of a prepared gateway, to be changed.</summary>
internal static class UsageEvents
{
    /// <summary>The last month that is wholly over.</summary>
    public static DateTimeOffset LastMonth(TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        return new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(-1);
    }

    public static void Execute(GatewaySettings settings, string sql)
    {
        using var connection = DemoShop.Open(settings.Data.Usage);
        DemoShop.Execute(connection, sql);
    }

    /// <summary>Takes all events away.</summary>
    public static void Clear(GatewaySettings settings) => Execute(settings, "DELETE FROM events");

    /// <summary>Lets so many visitors, each with a token of its own, view a page.</summary>
    public static void Visit(GatewaySettings settings, DateTimeOffset at, string country, int visitors, string token = "t", string page = "home", string kind = "page_view") => Execute(settings, string.Create(CultureInfo.InvariantCulture, $"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {visitors})
        INSERT INTO events SELECT '{token}-{country}-' || i, '{token}-{country}-' || i || '-1', '{at.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}', '{kind}', '{page}', '{country}', 'search' FROM n
        """));

    public static long Count(GatewaySettings settings, string where)
    {
        using var connection = DemoShop.Open(settings.Data.Usage);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of these tests.
        command.CommandText = $"SELECT count(DISTINCT visitor) FROM sharing_usage_events WHERE {where}";
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }
}
