using System.Reflection;
using Bogus;
using Gateway.Stores.Sqlite;
using Microsoft.Data.Sqlite;

namespace Gateway.Demo.Shop;

/// <summary>One order of the demo shop with its ids, for calls that want to show something.</summary>
internal sealed record SampleOrder(string OrderId, string PaymentId, string ParcelId, string CustomerId);

/// <summary>The demo's shop: a SQLite database with generated customers and orders in every state, the same ones each time.</summary>
internal static class DemoShop
{
    /// <summary>Orders it begins with.</summary>
    public const int Orders = 600;

    /// <summary>The number of the first order.</summary>
    public const int FirstOrder = 1001;

    /// <summary>The number of the customer who placed it.</summary>
    public const int FirstCustomer = 5001;

    /// <summary>Orders from <see cref="FirstOrder"/> on that stay packed, at northgate, harbour and cedar, while the demo runs.</summary>
    public const int Samples = 10;

    private const int Seed = 20101217;

    // Marks the file: schema.sql sets it.
    private const long ApplicationId = 0x47574453;

    /// <summary>An order of which northgate-warehouse has an open shipment, harbour-carrier a parcel and cedar-payments a charge.</summary>
    public static SampleOrder SampleOrder { get; } = new($"A-{FirstOrder}", ShopWriter.PaymentId(FirstOrder), ShopWriter.ParcelId(FirstOrder), $"C-{FirstCustomer}");

    /// <summary>Makes the shop at <paramref name="path"/> unless it is there. Times count back from now.</summary>
    public static void Ensure(string path, TimeProvider clock)
    {
        if (File.Exists(path))
        {
            return;
        }

        // Made under another name, so that a shop half made is never found.
        var making = path + ".new";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        File.Delete(making);
        PrivateFile.Ensure(making);
        var now = clock.GetUtcNow();
        using (var connection = Open(making))
        {
            Execute(connection, "PRAGMA synchronous = OFF");
            using (var transaction = connection.BeginTransaction())
            {
                Execute(connection, Sql("schema.sql"));
                Execute(connection, Sql("views.sql"));
                using var writer = new ShopWriter(connection, transaction, now);
                writer.Begin(ShopGoods.All);
                var history = new ShopHistory(new Randomizer(Seed), now);
                for (var i = 0; i < Orders; i++)
                {
                    writer.Insert(history.Next(FirstOrder + i));
                }

                transaction.Commit();
            }

            Execute(connection, "PRAGMA journal_mode = WAL");
        }

        File.Move(making, path);
    }

    /// <summary>A connection that writes.</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString());
        connection.Open();
        return connection;
    }

    /// <summary>True when the connection string names a database that <see cref="Ensure"/> made, wherever it was moved.</summary>
    public static bool Is(string connectionString)
    {
        var path = new SqliteConnectionStringBuilder(connectionString).DataSource;
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA application_id";
            return (long)command.ExecuteScalar()! == ApplicationId;
        }
        catch (SqliteException)
        {
            // No database, or one that cannot be read: the source says so when it is opened.
            return false;
        }
    }

    /// <summary>Runs a text of the demo's own.</summary>
    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static string Sql(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Demo/Shop/{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
