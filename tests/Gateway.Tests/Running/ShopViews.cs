using Gateway.Configuration;
using Gateway.Demo.Shop;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Running;

/// <summary>The shop's views, to be broken.</summary>
internal static class ShopViews
{
    /// <summary>Replaces the view of shipments by one without a column.</summary>
    public static void DropColumn(GatewaySettings settings, string column)
    {
        var sql = ReadSql(settings);
        var line = sql.Split('\n').Single(l => l.Contains($"AS {column}", StringComparison.Ordinal));
        Replace(settings, sql.Replace(line + "\n", "", StringComparison.Ordinal));
    }

    /// <summary>The view of shipments as it was made.</summary>
    public static string ReadSql(GatewaySettings settings)
    {
        using var connection = DemoShop.Open(settings.Data.Shop);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sql FROM sqlite_schema WHERE name = 'sharing_shipments'";
        return (string)command.ExecuteScalar()!;
    }

    public static void Replace(GatewaySettings settings, string sql) =>
        Execute(settings, "DROP VIEW sharing_shipments; " + sql);

    public static void Execute(GatewaySettings settings, string sql)
    {
        using var connection = DemoShop.Open(settings.Data.Shop);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of these tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Open orders of northgate-warehouse, each of another customer.</summary>
    public static List<string> OpenOrders(GatewaySettings settings, int count)
    {
        using var connection = DemoShop.Open(settings.Data.Shop);
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT min(order_id) FROM sharing_shipments WHERE recipient = 'northgate-warehouse' AND closed_at IS NULL
            AND opened_at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-80 days') GROUP BY subject_id ORDER BY 1 LIMIT $count
            """;
        command.Parameters.Add(new SqliteParameter("$count", count));
        using var rows = command.ExecuteReader();
        var orders = new List<string>();
        while (rows.Read())
        {
            orders.Add(rows.GetString(0));
        }

        orders.Count.ShouldBe(count);
        return orders;
    }

    /// <summary>Whose each shipment and each charge is, by record and key.</summary>
    public static Dictionary<(string Record, string Key), string> Subjects(GatewaySettings settings)
    {
        using var connection = DemoShop.Open(settings.Data.Shop);
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT 'gateway.fulfilment.v1.Shipment', order_id, subject_id FROM sharing_shipments
            UNION ALL SELECT 'gateway.payment.v1.Charge', payment_id, subject_id FROM sharing_charges
            """;
        using var rows = command.ExecuteReader();
        var subjects = new Dictionary<(string, string), string>();
        while (rows.Read())
        {
            subjects[(rows.GetString(0), rows.GetString(1))] = rows.GetString(2);
        }

        return subjects;
    }
}
