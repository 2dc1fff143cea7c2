namespace Gateway.Demo.Shop;

/// <summary>A customer of the demo shop. All of it is generated.</summary>
internal sealed record Customer(string Id, string Name, string? Company, string Email, string? Phone, string Ip, PostAddress Address);

/// <summary>Where a customer lives.</summary>
internal sealed record PostAddress(
    string Street, string? ExtraLine, string? PostalCode, string City, string? Region, string Country, string Currency);

/// <summary>Goods.</summary>
internal sealed record Product(string Sku, string Title, string CustomsDescription, int WeightGrams, int PriceMinor);

/// <summary>An order with all that hangs on it, as it stands.</summary>
internal sealed record Order(int Number, Customer Customer, string Warehouse, DateTimeOffset PlacedAt)
{
    public string Id => $"A-{Number}";

    /// <summary><c>open</c>, <c>packed</c>, <c>shipped</c>, <c>cancelled</c>.</summary>
    public string Status { get; init; } = "open";

    public string ServiceLevel { get; init; } = "standard";

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset ChangedAt { get; init; } = PlacedAt;

    public string? DeliveryNote { get; init; }

    public string? GiftMessage { get; init; }

    public IReadOnlyList<(Product Product, int Quantity)> Lines { get; init; } = [];

    public required Payment Payment { get; init; }

    public Parcel? Parcel { get; init; }
}

/// <summary>How an order is paid: the processor's token and what may be printed of the card.</summary>
internal sealed record Payment(string Reference, string Token, string Brand, string Last4, int ExpiryMonth, int ExpiryYear)
{
    /// <summary><c>pending</c>, <c>authorized</c>, <c>captured</c>, <c>refunded</c>, <c>declined</c>.</summary>
    public string Status { get; init; } = "authorized";

    public DateTimeOffset? SettledAt { get; init; }
}

/// <summary>A parcel handed, or announced, to a carrier.</summary>
internal sealed record Parcel(string Carrier, string TrackingNumber, int LengthMm, int WidthMm, int HeightMm, DateTimeOffset AnnouncedAt)
{
    public DateTimeOffset? DeliveredAt { get; init; }
}
