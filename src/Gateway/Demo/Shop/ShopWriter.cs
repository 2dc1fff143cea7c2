using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gateway.Demo.Shop;

/// <summary>Writes rows into the shop's tables, within one transaction, with each statement prepared once.</summary>
internal sealed class ShopWriter(SqliteConnection connection, SqliteTransaction transaction, DateTimeOffset now) : IDisposable
{
    private const int BoxGrams = 120;

    private readonly Dictionary<string, SqliteCommand> _inserts = new(StringComparer.Ordinal);

    public static string PaymentId(int order) => $"P-{order}";

    public static string ParcelId(int order) => $"K-{order}";

    public static string Time(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>What is there before the first order: houses and goods.</summary>
    public void Begin(IEnumerable<Product> products)
    {
        Insert("warehouses", ShopOrders.North, "Northgate", "northgate-warehouse");
        Insert("warehouses", ShopOrders.South, "Southgate", "southgate-warehouse");
        Insert("carriers", ShopOrders.Harbour, "Harbour Parcels", "harbour-carrier");
        Insert("carriers", ShopOrders.OtherCarrier, "A carrier that gets its labels on paper", null);
        Insert("processors", ShopOrders.Cedar, "Cedar Payments", "cedar-payments");
        foreach (var p in products)
        {
            Insert("products", p.Sku, p.Title, p.CustomsDescription, p.WeightGrams, p.PriceMinor);
        }
    }

    public void Insert(Order order)
    {
        var (customer, address) = (order.Customer, order.Customer.Address);
        Insert("customers", customer.Id, customer.Name, customer.Company, customer.Email, customer.Phone, Time(order.PlacedAt));
        Insert(
            "orders", order.Number, order.Id, customer.Id, order.Warehouse, order.Status, order.ServiceLevel, Time(order.PlacedAt),
            Time(order.PlacedAt.AddDays(order.ServiceLevel == "express" ? 1 : 3)), Time(order.FinishedAt), Time(order.ChangedAt),
            customer.Name, customer.Company, address.Street, address.ExtraLine, address.PostalCode, address.City, address.Region, address.Country,
            customer.Phone, order.DeliveryNote, order.GiftMessage, customer.Ip);
        for (var i = 0; i < order.Lines.Count; i++)
        {
            Insert("order_lines", order.Number, i + 1, order.Lines[i].Product.Sku, order.Lines[i].Quantity);
        }

        InsertMail(order);
        var payment = order.Payment;
        Insert(
            "payments", PaymentId(order.Number), order.Number, ShopOrders.Cedar, payment.Reference, payment.Status,
            order.Lines.Sum(l => l.Quantity * l.Product.PriceMinor), address.Currency, payment.Token, payment.Brand, payment.Last4,
            payment.ExpiryMonth, payment.ExpiryYear, Time(order.PlacedAt), Time(payment.SettledAt), Time(payment.SettledAt ?? order.PlacedAt));
        if (order.Parcel is { } parcel)
        {
            Insert(parcel, order.Number, order.Lines.Sum(l => l.Quantity * l.Product.WeightGrams));
        }
    }

    /// <summary>A parcel of the order whose goods weigh so much.</summary>
    public void Insert(Parcel parcel, int order, int goodsGrams) => Insert(
        "parcels", ParcelId(order), order, parcel.Carrier, parcel.TrackingNumber,
        goodsGrams + BoxGrams, parcel.LengthMm, parcel.WidthMm, parcel.HeightMm,
        Time(parcel.AnnouncedAt), Time(parcel.DeliveredAt), Time(parcel.DeliveredAt ?? parcel.AnnouncedAt));

    private void InsertMail(Order order)
    {
        var asked = Time(order.PlacedAt);
        foreach (var (subscription, said) in ShopMail.Of(order.Customer))
        {
            Insert("subscriptions", subscription.Id, order.Customer.Id, subscription.List, subscription.GivenName, subscription.Language, asked, null, asked);
            if (said is not null)
            {
                Insert("preferences", order.Customer.Id, said.Topic, said.State, asked);
            }
        }

        foreach (var copy in ShopMail.Of(order))
        {
            var ready = order.PlacedAt + copy.ReadyAfter;
            // What is fetched later than now is not fetched yet.
            var fetched = ready + copy.FetchedAfter;
            Insert(
                "downloads", copy.Reference, order.Number, copy.Sku, Time(ready), Time(ready.AddDays(30)), fetched < now ? Time(fetched) : null,
                Time(fetched < now ? fetched.Value : ready < now ? ready : order.PlacedAt));
        }
    }

    public void Dispose()
    {
        foreach (var command in _inserts.Values)
        {
            command.Dispose();
        }
    }

    private static string? Time(DateTimeOffset? instant) => instant is { } known ? Time(known) : null;

    private void Insert(string table, params ReadOnlySpan<object?> values)
    {
        if (!_inserts.TryGetValue(table, out var command))
        {
            command = connection.CreateCommand();
            command.Transaction = transaction;
            // Customers come back, and what they said stands.
            var verb = table is "customers" or "subscriptions" or "preferences" ? "INSERT OR IGNORE" : "INSERT";
            command.CommandText = $"{verb} INTO {table} VALUES ({string.Join(", ", Enumerable.Range(0, values.Length).Select(i => $"$p{i}"))})";
            for (var i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"$p{i}" });
            }

            _inserts.Add(table, command);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        command.ExecuteNonQuery();
    }
}
