using System.Text.RegularExpressions;
using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Tests.Running;

namespace Gateway.Tests.Wire;

/// <summary>
/// One gateway for all tests that look at the wire and change nothing. Its contracts are the demo's without their limits; its shop is
/// the demo's with rows of others and of nobody, and rows an hour to either side of every window.
/// </summary>
public sealed class WireFixture : IAsyncLifetime
{
    internal RunningGateway Gateway { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var settings = RunningGateway.Prepare();
        LiftLimits(settings.Contracts);
        SpreadShop(settings);
        Gateway = await RunningGateway.StartAsync(settings, TimeProvider.System, ownsFolder: true);
    }

    public async ValueTask DisposeAsync()
    {
        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    // Thousands of calls a second, most of them for what is not there, are what limits and suspension are against.
    private static void LiftLimits(DirectoryInfo contracts)
    {
        foreach (var file in contracts.EnumerateFiles("*.yaml"))
        {
            var text = File.ReadAllText(file.FullName);
            text = Regex.Replace(text, "limits: .*", "limits: { calls_per_second: 1000000, subjects_per_day: 100000000, misses_per_minute: 1000000 }", RegexOptions.None, TimeSpan.FromSeconds(10));
            text = Regex.Replace(text, "suspend_on: .*", "suspend_on: []", RegexOptions.None, TimeSpan.FromSeconds(10));
            File.WriteAllText(file.FullName, text);
        }
    }

    private static void SpreadShop(GatewaySettings settings)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var connection = DemoShop.Open(settings.Data.Shop);
        using var transaction = connection.BeginTransaction();
        Run("""
            INSERT INTO warehouses VALUES ('OWN', 'The shop itself', NULL);
            INSERT INTO carriers VALUES ('THIRD', 'Another carrier', 'other-carrier');
            INSERT INTO processors VALUES ('OTHER', 'Another processor', 'other-payments'), ('NOBODY', 'Cash', NULL);
            UPDATE orders SET warehouse_id = 'OWN' WHERE order_no > 1010 AND order_no % 11 = 0;
            UPDATE parcels SET carrier_id = 'THIRD' WHERE order_no > 1010 AND order_no % 6 = 0;
            UPDATE payments SET processor_id = 'OTHER' WHERE order_no > 1010 AND order_no % 7 = 0;
            UPDATE payments SET processor_id = 'NOBODY' WHERE order_no > 1010 AND order_no % 13 = 0;
            INSERT INTO payments
              SELECT 'P-second', order_no, processor_id, 'cdr_second', status, amount_minor + 1, currency, token, brand, last4, expiry_month, expiry_year,
                     created_at, settled_at, strftime('%Y-%m-%dT%H:%M:%fZ', changed_at, '+1 minute')
              FROM payments WHERE order_no = 1002;
            """);
        foreach (var (house, window, open) in new[] { ("NORTH", 30, 90), ("SOUTH", 7, 60) })
        {
            Around("orders", "order_no", $"warehouse_id = '{house}' AND status = 'shipped'", "finished_at", window);
            Around("orders", "order_no", $"warehouse_id = '{house}' AND status = 'cancelled'", "finished_at", window);
            Around("orders", "order_no", $"warehouse_id = '{house}' AND status = 'open'", "placed_at", open);
        }

        Around("parcels", "parcel_id", "carrier_id = 'HARBOUR' AND delivered_at IS NOT NULL", "delivered_at", 14);
        Around("parcels", "parcel_id", "carrier_id = 'HARBOUR' AND delivered_at IS NULL", "announced_at", 45);
        Around("payments", "payment_id", "processor_id = 'CEDAR' AND settled_at IS NOT NULL", "settled_at", 120);
        Around("payments", "payment_id", "processor_id = 'CEDAR' AND settled_at IS NULL", "created_at", 180, skip: 2);
        Around("payments", "payment_id", "processor_id = 'CEDAR' AND settled_at IS NULL", "created_at", 30);

        Around("downloads", "reference", "fetched_at IS NOT NULL", "fetched_at", 14);
        Around("downloads", "reference", "fetched_at IS NULL", "ready_at", 30);
        Run("""
            INSERT INTO preferences
              SELECT DISTINCT customer_id, 'marketing.communications.email', 'opted_out', '2026-01-01T00:00:00.000Z' FROM subscriptions WHERE subscription_id LIKE '%7';
            UPDATE preferences SET changed_at = '2999-01-01T00:00:00.000Z' WHERE customer_id LIKE '%3' AND topic = 'newsletter' AND state = 'soft_opt_in';
            UPDATE subscriptions SET list = 'no-such-list' WHERE subscription_id LIKE 'N-%9';
            UPDATE subscriptions SET ended_at = '2026-02-01T00:00:00.000Z' WHERE subscription_id LIKE '%6';
            """);

        // The last row of each partner's order is an open one: whatever a stream wrongly adds comes before it.
        Run("UPDATE orders SET changed_at = $at WHERE order_no IN (SELECT max(order_no) FROM orders WHERE status = 'packed' GROUP BY warehouse_id)", now);
        Run("UPDATE parcels SET changed_at = $at WHERE parcel_id IN (SELECT max(parcel_id) FROM parcels JOIN orders USING (order_no) WHERE status = 'packed' GROUP BY carrier_id)", now);
        Run("UPDATE payments SET changed_at = $at WHERE payment_id IN (SELECT max(payment_id) FROM payments JOIN orders USING (order_no) WHERE orders.status = 'packed' GROUP BY processor_id)", now);
        Run("UPDATE subscriptions SET changed_at = $at WHERE subscription_id = 'N-5001'", now);
        Run("UPDATE downloads SET changed_at = $at WHERE reference = (SELECT min(reference) FROM downloads WHERE order_no = 1001)", now);
        transaction.Commit();

        void Around(string table, string key, string condition, string column, int days, int skip = 0)
        {
            var rows = $"SELECT {key} FROM {table} WHERE {condition} AND order_no > 1010 ORDER BY {key} LIMIT 1 OFFSET ";
            Run($"UPDATE {table} SET {column} = $at WHERE {key} = ({rows}{skip})", now.AddDays(-days).AddHours(1));
            Run($"UPDATE {table} SET {column} = $at WHERE {key} = ({rows}{skip + 1})", now.AddDays(-days).AddHours(-1));
        }

        void Run(string sql, DateTimeOffset? at = null)
        {
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = sql;
            command.Parameters.AddWithValue("$at", at is { } time ? ShopWriter.Time(time) : DBNull.Value);
            command.ExecuteNonQuery().ShouldBeGreaterThan(0, sql);
        }
    }
}

/// <summary>Tests that share the gateway, and so run one class after another.</summary>
[CollectionDefinition(Name)]
public sealed class WireGroup : ICollectionFixture<WireFixture>
{
    public const string Name = "the wire";
}
