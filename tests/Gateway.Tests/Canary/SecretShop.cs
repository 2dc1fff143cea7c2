using Gateway.Demo.Shop;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Canary;

/// <summary>The demo's shop with a secret in every personal field of every row, and rows that are broken on purpose.</summary>
internal static class SecretShop
{
    /// <summary>Orders after the first: its line, its payment and its parcel are broken.</summary>
    public const int Broken = DemoShop.FirstOrder + 1;

    /// <summary>An order whose customer's name is a card number.</summary>
    public const int Carded = DemoShop.FirstOrder + 2;

    public const string CardNumber = "5555341244441115";

    public static string OrderId(this Secrets secrets, int number = DemoShop.FirstOrder) => $"{secrets["order"]}{number}";

    public static string PaymentId(this Secrets secrets, int number = DemoShop.FirstOrder) => secrets["payment"] + ShopWriter.PaymentId(number);

    public static string ParcelId(this Secrets secrets, int number = DemoShop.FirstOrder) => secrets["parcel"] + ShopWriter.ParcelId(number);

    public static string SubscriberId(this Secrets secrets, int customer = DemoShop.FirstCustomer) => secrets["subscriber"] + ShopMail.NewsletterId(customer);

    public static void Fill(string path, Secrets secrets)
    {
        secrets.Add("street", $"Žluťoučká 7 {secrets["street"]} <&> 東京");
        secrets.Add("card", CardNumber);
        using var shop = DemoShop.Open(path);
        Execute(shop, "PRAGMA foreign_keys = OFF");
        Set(shop, secrets, "customers", "name", "company", "email", "phone");
        Prefix(shop, secrets, "customers", "customer", "customer_id");
        Set(shop, secrets, "orders", "recipient_name", "company", "street", "extra_line", "postal_code", "city", "region", "phone", "delivery_note", "gift_message", "customer_ip");
        Prefix(shop, secrets, "orders", "customer", "customer_id");
        Execute(shop, "UPDATE orders SET order_id = $order || order_no", ("$order", secrets["order"]));
        Set(shop, secrets, "products", "title", "customs_description");
        Prefix(shop, secrets, "products", "sku", "sku");
        Prefix(shop, secrets, "order_lines", "sku", "sku");
        Set(shop, secrets, "payments", "token", "brand");
        Prefix(shop, secrets, "payments", "payment", "payment_id");
        Prefix(shop, secrets, "payments", "reference", "reference");
        Prefix(shop, secrets, "parcels", "parcel", "parcel_id");
        Prefix(shop, secrets, "parcels", "tracking", "tracking_number");
        Set(shop, secrets, "subscriptions", "given_name");
        Prefix(shop, secrets, "subscriptions", "customer", "customer_id");
        Prefix(shop, secrets, "subscriptions", "subscriber", "subscription_id");
        Prefix(shop, secrets, "preferences", "customer", "customer_id");
        Prefix(shop, secrets, "downloads", "sku", "sku");
        Prefix(shop, secrets, "downloads", "download", "reference");
    }

    /// <summary>Puts what a column must not hold into one order, one payment, one parcel; and a card number into one name.</summary>
    public static void Break(string path, Secrets secrets)
    {
        using var shop = DemoShop.Open(path);
        Execute(shop, "UPDATE orders SET ship_by = $bad WHERE order_no = $no", ("$bad", secrets["bad-time"]), ("$no", Broken));
        Execute(shop, "UPDATE payments SET currency = $bad WHERE order_no = $no", ("$bad", secrets["bad-currency"]), ("$no", Broken));
        Execute(shop, "UPDATE parcels SET weight_grams = $bad WHERE order_no = $no", ("$bad", secrets["bad-weight"]), ("$no", Broken));
        Execute(shop, "PRAGMA ignore_check_constraints = ON");
        Execute(shop, "UPDATE preferences SET state = $bad WHERE customer_id LIKE $customer", ("$bad", secrets["bad-state"]), ("$customer", $"%-{DemoShop.FirstCustomer + 1}"));
        Execute(shop, "UPDATE preferences SET changed_at = $bad WHERE customer_id LIKE $customer", ("$bad", secrets["bad-change"]), ("$customer", $"%-{DemoShop.FirstCustomer + 2}"));
        Execute(shop, "UPDATE customers SET name = $card WHERE customer_id = (SELECT customer_id FROM orders WHERE order_no = $no)", ("$card", CardNumber), ("$no", Carded));
    }

    private static void Set(SqliteConnection shop, Secrets secrets, string table, params string[] columns)
    {
        foreach (var column in columns)
        {
            Execute(shop, $"UPDATE {table} SET {column} = $secret", ("$secret", secrets[column]));
        }
    }

    private static void Prefix(SqliteConnection shop, Secrets secrets, string table, string name, string column) =>
        Execute(shop, $"UPDATE {table} SET {column} = $secret || {column}", ("$secret", secrets[name]));

    private static void Execute(SqliteConnection shop, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = shop.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }
}
