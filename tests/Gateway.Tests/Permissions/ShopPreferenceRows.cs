using Gateway.Configuration;
using Gateway.Demo.Shop;

namespace Gateway.Tests.Permissions;

/// <summary>What customers tell the demo's shop, as it writes it.</summary>
internal static class ShopPreferenceRows
{
    /// <summary>The customer says it now; gives the instant at which it was committed.</summary>
    public static DateTimeOffset Say(GatewaySettings settings, string customer, string topic, string state)
    {
        using var shop = DemoShop.Open(settings.Data.Shop);
        using var command = shop.CreateCommand();
        command.CommandText = """
            INSERT INTO preferences VALUES ($customer, $topic, $state, $now)
            ON CONFLICT (customer_id, topic) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
            """;
        command.Parameters.AddWithValue("$customer", customer);
        command.Parameters.AddWithValue("$topic", topic);
        command.Parameters.AddWithValue("$state", state);
        command.Parameters.AddWithValue("$now", ShopWriter.Time(TimeProvider.System.GetUtcNow()));
        command.ExecuteNonQuery();
        return TimeProvider.System.GetUtcNow();
    }
}
