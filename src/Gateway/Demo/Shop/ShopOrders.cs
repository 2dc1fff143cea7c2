using Bogus;

namespace Gateway.Demo.Shop;

/// <summary>Generates orders: who, what, where to, how paid. When and how far they have come is the caller's to say.</summary>
internal sealed class ShopOrders(Randomizer random, ShopCustomers customers)
{
    public const string North = "NORTH";
    public const string South = "SOUTH";
    public const string Harbour = "HARBOUR";
    public const string OtherCarrier = "PAPER";
    public const string Cedar = "CEDAR";

    private static readonly string[] s_notes =
    [
        "Please ring twice, the baby sleeps", "Leave with the neighbour at no. 4", "Code 4417#, second staircase", "Beware of the dog",
        "Bitte beim Hausmeister abgeben", "配達ボックスに入れてください", "Αφήστε το στον θυρωρό", "Зателефонуйте за годину", "اتصل قبل الوصول",
    ];

    private static readonly string[] s_gifts =
    [
        "Happy birthday, Mum! All our love", "Get well soon. The treatment will work, I know it", "Congratulations to the two of you!",
        "お誕生日おめでとう", "Χρόνια πολλά!", "Alles Gute zur Konfirmation", "З любов'ю, бабуся", "كل عام وأنت بخير",
    ];

    private const int MostKnown = 100;

    private readonly List<Customer> _known = [];

    public Order Next(int number, DateTimeOffset placedAt)
    {
        // Some customers come back.
        var customer = _known.Count == MostKnown && random.Bool(0.25f) ? random.ListItem(_known) : customers.Next();
        if (_known.Count < MostKnown)
        {
            _known.Add(customer);
        }

        return new Order(number, customer, random.Bool(0.6f) ? North : South, placedAt)
        {
            ServiceLevel = random.WeightedRandom(["standard", "express", "economy"], [0.7f, 0.2f, 0.1f]),
            DeliveryNote = random.Bool(0.3f) ? random.ArrayElement(s_notes) : null,
            GiftMessage = random.Bool(0.2f) ? random.ArrayElement(s_gifts) : null,
            Lines = [.. random.ListItems(ShopGoods.All.ToList(), random.Number(1, 4)).Select(p => (p, random.Bool(0.8f) ? 1 : random.Number(2, 6)))],
            Payment = Payment(placedAt),
        };
    }

    /// <summary>A parcel for the order.</summary>
    public Parcel Parcel(DateTimeOffset announcedAt) => new(
        random.Bool(0.8f) ? Harbour : OtherCarrier,
        random.Replace("HB#########") + random.String2(4, "ABCDEFGHJKLMNPQRSTUVWXYZ"),
        random.Number(120, 600),
        random.Number(80, 400),
        random.Number(20, 300),
        announcedAt);

    private Payment Payment(DateTimeOffset placedAt) => new(
        "cdr_" + random.String2(16, "abcdefghijkmnopqrstuvwxyz23456789"),
        "tok_" + random.String2(24, "abcdefghijkmnopqrstuvwxyz23456789"),
        random.WeightedRandom(["visa", "mastercard", "amex"], [0.5f, 0.4f, 0.1f]),
        random.Replace("####"),
        random.Number(1, 12),
        placedAt.Year + random.Number(1, 4));
}
