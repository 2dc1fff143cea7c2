using Bogus;

namespace Gateway.Demo.Shop;

/// <summary>A subscription of a customer to one of the policy's lists.</summary>
internal sealed record Subscription(string Id, string List, string GivenName, string Language);

/// <summary>What a customer said about a list or a purpose, as the shop keeps it.</summary>
internal sealed record SaidPreference(string Topic, string State);

/// <summary>A bought title that is sent by e-mail.</summary>
internal sealed record DigitalCopy(string Reference, string Sku, TimeSpan ReadyAfter, TimeSpan? FetchedAfter);

/// <summary>
/// Who subscribed to what, who said what about it, and which titles go by e-mail. Drawn apart from the orders, by the number of the customer
/// and of the order, so that neither changes the other.
/// </summary>
internal static class ShopMail
{
    public const string Newsletter = "newsletter";
    public const string Offers = "offers";
    public const string Surveys = "surveys";

    private const int Seed = 20020712; // the ePrivacy Directive's day

    /// <summary>The subscription to the newsletter of the customer with this number.</summary>
    public static string NewsletterId(int customer) => $"N-{customer}";

    public static IEnumerable<(Subscription Subscription, SaidPreference? Said)> Of(Customer customer)
    {
        var number = int.Parse(customer.Id.AsSpan(2), System.Globalization.CultureInfo.InvariantCulture);
        var sample = number < DemoShop.FirstCustomer + DemoShop.Samples;
        var random = new Randomizer(Seed + number);
        if (random.Bool(0.7f) || sample)
        {
            // Of the samples each asked for the newsletter, so that a demo always has somebody to show.
            var state = random.WeightedRandom(["requested", "soft_opt_in", "opted_out", ""], [0.5f, 0.25f, 0.15f, 0.1f]);
            yield return Subscribed(NewsletterId(number), Newsletter, sample ? "requested" : state);
        }

        if (random.Bool(0.3f))
        {
            yield return Subscribed($"F-{number}", Offers, random.WeightedRandom(["requested", "soft_opt_in", "opted_out", ""], [0.3f, 0.4f, 0.2f, 0.1f]));
        }

        if (random.Bool(0.3f))
        {
            yield return Subscribed($"S-{number}", Surveys, random.WeightedRandom(["requested", "soft_opt_in", "opted_out", ""], [0.5f, 0.2f, 0.2f, 0.1f]));
        }

        (Subscription, SaidPreference?) Subscribed(string id, string list, string state) => (
            new Subscription(id, list, GivenName(customer), Language(customer.Address.Country)), state.Length > 0 ? new SaidPreference(list, state) : null);
    }

    /// <summary>Titles of the order that go by e-mail; the sample orders' always do.</summary>
    public static IEnumerable<DigitalCopy> Of(Order order)
    {
        var random = new Randomizer(Seed - order.Number);
        for (var i = 0; i < order.Lines.Count; i++)
        {
            var sku = order.Lines[i].Product.Sku;
            var drawn = random.Bool(0.4f);
            var (ready, fetched, isFetched) = (random.Double(0.1, 4), random.Double(1, 400), random.Bool(0.6f));
            if (!sku.StartsWith("BK-", StringComparison.Ordinal))
            {
                continue;
            }

            var sample = order.Number < DemoShop.FirstOrder + DemoShop.Samples;
            if (sample || drawn)
            {
                yield return new DigitalCopy($"D-{order.Number}-{i + 1}", sku, TimeSpan.FromHours(ready), isFetched && !sample ? TimeSpan.FromHours(fetched) : null);
            }
        }
    }

    // In Japan and where names are written without a space, the family name comes first.
    private static string GivenName(Customer customer)
    {
        var words = customer.Name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return customer.Address.Country == "JP" ? words[^1] : words[0];
    }

    private static string Language(string country) => country switch
    {
        "DE" => "de",
        "FR" => "fr",
        "PL" => "pl",
        "ES" => "es",
        "GR" => "el",
        "UA" => "uk",
        "KZ" => "ru",
        "JP" => "ja",
        "CN" => "zh-Hans",
        "HK" => "zh-Hant",
        "KR" => "ko",
        "AE" => "ar",
        _ => "en",
    };
}
