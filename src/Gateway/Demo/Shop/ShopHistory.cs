using Bogus;

namespace Gateway.Demo.Shop;

/// <summary>Orders of the past: some of every state, from placed an hour ago to closed a year ago and never closed at all.</summary>
internal sealed class ShopHistory
{
    private readonly Randomizer _random;
    private readonly ShopOrders _orders;
    private readonly DateTimeOffset _now;

    public ShopHistory(Randomizer random, DateTimeOffset now)
    {
        _random = random;
        _orders = new ShopOrders(random, new ShopCustomers(random, last: DemoShop.FirstCustomer - 1));
        _now = now;
    }

    public Order Next(int number)
    {
        if (number < DemoShop.FirstOrder + DemoShop.Samples)
        {
            return Sample(number);
        }

        return _random.WeightedRandom(
            ["open", "packed", "shipped", "delivered", "long ago", "cancelled", "stuck"], [0.28f, 0.12f, 0.12f, 0.16f, 0.18f, 0.08f, 0.06f]) switch
        {
            "open" => Placed(number, 0.05, 14),
            "packed" => Packed(number, 1, 14),
            "shipped" => Shipped(number, 2, 10, delivered: false),
            "delivered" => Shipped(number, 8, 25, delivered: true),
            "long ago" => Shipped(number, 70, 400, delivered: true),
            "cancelled" => Cancelled(number),
            // Forgotten: beyond any max_open.
            _ => Placed(number, 120, 300),
        };
    }

    // Everything that a contract might grant or withhold is there to be seen.
    private Order Sample(int number)
    {
        var order = Packed(number, 1, 3);
        return order with
        {
            Customer = order.Customer with { Phone = order.Customer.Phone ?? "+44 20 7946 0123" },
            Warehouse = ShopOrders.North,
            DeliveryNote = order.DeliveryNote ?? "Leave with the neighbour at no. 4",
            GiftMessage = order.GiftMessage ?? "Happy birthday, Mum! All our love",
            Lines = [(ShopGoods.All[number % 8], 1), (ShopGoods.All[8 + (number % 14)], 2)],
            Parcel = order.Parcel! with { Carrier = ShopOrders.Harbour },
            Payment = order.Payment with { Status = "authorized" },
        };
    }

    private Order Placed(int number, double fromDays, double toDays)
    {
        var order = _orders.Next(number, _now.AddDays(-_random.Double(fromDays, toDays)));
        return order with { Payment = order.Payment with { Status = _random.Bool(0.3f) ? "pending" : "authorized" } };
    }

    private Order Packed(int number, double fromDays, double toDays)
    {
        var order = _orders.Next(number, _now.AddDays(-_random.Double(fromDays, toDays)));
        var packed = order.PlacedAt.AddHours(_random.Double(2, 20));
        return order with { Status = "packed", ChangedAt = packed, Parcel = _orders.Parcel(packed) };
    }

    private Order Shipped(int number, double fromDays, double toDays, bool delivered)
    {
        var order = Packed(number, fromDays, toDays);
        var shipped = order.ChangedAt.AddHours(_random.Double(1, 20));
        return order with
        {
            Status = "shipped",
            FinishedAt = shipped,
            ChangedAt = shipped,
            Payment = order.Payment with { Status = "captured", SettledAt = shipped },
            Parcel = order.Parcel! with { DeliveredAt = delivered ? shipped.AddDays(_random.Double(1, 5)) : null },
        };
    }

    private Order Cancelled(int number)
    {
        var order = _orders.Next(number, _now.AddDays(-_random.Double(2, 30)));
        var cancelled = order.PlacedAt.AddHours(_random.Double(1, 40));
        return order with
        {
            Status = "cancelled",
            FinishedAt = cancelled,
            ChangedAt = cancelled,
            Payment = order.Payment with { Status = _random.Bool() ? "refunded" : "declined", SettledAt = cancelled },
        };
    }
}
