using Bogus;
using Microsoft.Data.Sqlite;

namespace Gateway.Demo.Shop;

/// <summary>
/// Keeps the demo shop alive: every two seconds an order is placed, packed, shipped, delivered or moved to the other warehouse, and now
/// and then somebody wants the newsletter no more or again, so that a watch has something to show. The sample orders stay as they are; the oldest finished orders go when there are too many.
/// </summary>
internal sealed partial class ShopEvolution(string path, TimeProvider clock, ILogger<ShopEvolution> logger) : BackgroundService
{
    /// <summary>Most orders the shop keeps.</summary>
    public const int MostOrders = 800;

    private const int LastSample = DemoShop.FirstOrder + DemoShop.Samples - 1;
    private const int LastSampleCustomer = DemoShop.FirstCustomer + DemoShop.Samples - 1;

    // The forgotten ones stay forgotten.
    private const string OpenLately = "status = 'open' AND placed_at > strftime('%Y-%m-%dT%H:%M:%S.000Z', $now, '-60 days')";

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly Randomizer _random = new();
    private ShopOrders? _orders;
    private int _turn;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval, clock);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await timer.WaitForNextTickAsync(stoppingToken);
                Step();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SqliteException e)
            {
                Log.NotChanged(logger, e.SqliteExtendedErrorCode);
            }
        }
    }

    /// <summary>One change.</summary>
    public void Step()
    {
        using var connection = DemoShop.Open(path);
        using var transaction = connection.BeginTransaction();
        var change = new Change(connection, transaction, ShopWriter.Time(clock.GetUtcNow()));
        switch (_turn++ % 5)
        {
            case 0:
                Place(change);
                break;
            case 1:
                Pack(change);
                ChangeMind(change);
                break;
            case 2:
                change.Run(
                    "UPDATE orders SET status = 'shipped', finished_at = $now, changed_at = $now WHERE order_no = " + Some("orders", "status = 'packed'"));
                change.Run("""
                    UPDATE payments SET status = 'captured', settled_at = $now, changed_at = $now
                    WHERE settled_at IS NULL AND order_no IN (SELECT order_no FROM orders WHERE finished_at = $now)
                    """);
                break;
            case 3:
                change.Run("""
                    UPDATE orders SET warehouse_id = CASE warehouse_id WHEN 'NORTH' THEN 'SOUTH' ELSE 'NORTH' END, changed_at = $now
                    WHERE order_no =
                    """ + Some("orders", OpenLately));
                break;
            default:
                change.Run("UPDATE parcels SET delivered_at = $now, changed_at = $now WHERE order_no = "
                    + Some("parcels", "delivered_at IS NULL AND order_no IN (SELECT order_no FROM orders WHERE status = 'shipped')"));
                Forget(change);
                break;
        }

        transaction.Commit();
    }

    private void Place(Change change)
    {
        var number = change.Number("SELECT max(order_no) + 1 FROM orders");
        using var writer = new ShopWriter(change.Connection, change.Transaction, clock.GetUtcNow());
        writer.Insert(Orders(change).Next(number, clock.GetUtcNow()));
    }

    private void Pack(Change change)
    {
        var number = change.Number(
            "UPDATE orders SET status = 'packed', changed_at = $now WHERE order_no = " + Some("orders", OpenLately) + " RETURNING order_no");
        if (number > 0)
        {
            var weight = change.Number($"SELECT sum(l.quantity * p.weight_grams) FROM order_lines l JOIN products p USING (sku) WHERE l.order_no = {number}");
            using var writer = new ShopWriter(change.Connection, change.Transaction, clock.GetUtcNow());
            writer.Insert(Orders(change).Parcel(clock.GetUtcNow()), number, weight);
        }
    }

    private static void ChangeMind(Change change) => change.Run($"""
        UPDATE preferences SET state = CASE state WHEN 'opted_out' THEN 'requested' ELSE 'opted_out' END, changed_at = $now
        WHERE (customer_id, topic) = (
          SELECT customer_id, topic FROM preferences WHERE CAST(substr(customer_id, 3) AS INTEGER) > {LastSampleCustomer} ORDER BY random() LIMIT 1)
        """);

    private ShopOrders Orders(Change change) => _orders ??= new ShopOrders(
        _random,
        new ShopCustomers(_random, last: change.Number("SELECT max(CAST(substr(customer_id, 3) AS INTEGER)) FROM customers")));

    private static void Forget(Change change)
    {
        change.Run($"""
            DELETE FROM orders WHERE order_no IN (
              SELECT order_no FROM orders WHERE finished_at IS NOT NULL
              ORDER BY finished_at LIMIT max(0, (SELECT count(*) FROM orders) - {MostOrders}))
            """);
        change.Run("DELETE FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders)");
    }

    private static string Some(string table, string condition) =>
        $" (SELECT order_no FROM {table} WHERE order_no > {LastSample} AND {condition} ORDER BY random() LIMIT 1)";

    private readonly record struct Change(SqliteConnection Connection, SqliteTransaction Transaction, string Now)
    {
        public void Run(string sql) => Number(sql);

        /// <summary>The first column of the first row; 0 where there is none.</summary>
        public int Number(string sql)
        {
            using var command = Connection.CreateCommand();
            command.Transaction = Transaction;
            command.CommandText = sql;
            command.Parameters.AddWithValue("$now", Now);
            return command.ExecuteScalar() is long number ? (int)number : 0;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1490, EventName = "DemoShopNotChanged", Level = LogLevel.Warning,
            Message = "The demo shop could not be changed: SQLite {Code}")]
        public static partial void NotChanged(ILogger logger, int code);
    }
}
