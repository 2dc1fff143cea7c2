using Bogus;

namespace Gateway.Demo.Shop;

/// <summary>Generates customers from a dozen countries, each written as its country writes. Emails and networks are reserved for examples.</summary>
internal sealed class ShopCustomers
{
    private readonly Faker _any;
    private readonly (Faker Faker, Func<Faker, (string Name, string Phone, PostAddress Address)> Make)[] _countries;
    private int _last;

    /// <param name="random">Decides everything.</param>
    /// <param name="last">The highest customer number in use.</param>
    public ShopCustomers(Randomizer random, int last)
    {
        _last = last;
        _any = new Faker("en") { Random = random };
        _countries =
        [
            In("en_GB", f => (Western(f), $"+44 7700 9{f.Random.Number(10000, 99999)}", new(
                $"{f.Random.Number(1, 240)} {f.Address.StreetName()}", Sometimes(f, () => $"Flat {f.Random.Number(1, 40)}"), f.Address.ZipCode(), f.Address.City(), null, "GB", "GBP"))),
            In("de", f => (Western(f), $"+49 30 {f.Random.Number(1000000, 9999999)}", new(
                f.Address.StreetAddress(), Sometimes(f, () => f.Address.SecondaryAddress()), f.Address.ZipCode(), f.Address.City(), null, "DE", "EUR"))),
            In("fr", f => (Western(f), $"+33 1 99 00 {f.Random.Number(10, 99)} {f.Random.Number(10, 99)}", new(
                f.Address.StreetAddress(), Sometimes(f, () => f.Address.SecondaryAddress()), f.Address.ZipCode(), f.Address.City(), null, "FR", "EUR"))),
            In("pl", f => (Western(f), $"+48 22 {f.Random.Number(1000000, 9999999)}", new(
                $"ul. {f.Name.LastName()} {f.Random.Number(1, 120)}", Sometimes(f, () => $"m. {f.Random.Number(1, 60)}"), f.Address.ZipCode(), f.Address.City(), f.Address.State(), "PL", "EUR"))),
            In("es", f => (Western(f), $"+34 91 {f.Random.Number(1000000, 9999999)}", new(
                f.Address.StreetName() + ", " + f.Random.Number(1, 90), Sometimes(f, () => f.Address.SecondaryAddress()), f.Address.ZipCode(), f.Address.City(), f.Address.State(), "ES", "EUR"))),
            In("el", f => (Western(f), $"+30 210 {f.Random.Number(1000000, 9999999)}", new(
                $"{f.Name.LastName()} {f.Random.Number(1, 150)}", null, f.Random.Replace("1## ##"), f.PickRandom("Αθήνα", "Θεσσαλονίκη", "Πάτρα", "Ηράκλειο", "Λάρισα", "Βόλος"), null, "GR", "EUR"))),
            In("uk", f => (Western(f), $"+380 44 {f.Random.Number(1000000, 9999999)}", new(
                f.Address.StreetAddress(), Sometimes(f, () => $"кв. {f.Random.Number(1, 200)}"), f.Random.Replace("0####"), f.PickRandom("Київ", "Львів", "Одеса", "Харків", "Дніпро"), f.Address.State(), "UA", "EUR"))),
            In("ru", f => (Western(f), $"+7 727 {f.Random.Number(1000000, 9999999)}", new(
                f.Address.StreetAddress(), Sometimes(f, () => $"кв. {f.Random.Number(1, 200)}"), f.Random.Replace("0500##"), "Алматы", null, "KZ", "EUR"))),
            In("ja", f => (f.Name.LastName() + " " + f.Name.FirstName(), $"+81 3 {f.Random.Number(1000, 9999)} {f.Random.Number(1000, 9999)}", new(
                $"{f.Random.Number(1, 9)}丁目{f.Random.Number(1, 30)}-{f.Random.Number(1, 20)}", Sometimes(f, () => $"{f.Name.LastName()}ビル {f.Random.Number(2, 12)}階"), f.Address.ZipCode(), f.Address.City(), f.Address.State(), "JP", "USD"))),
            In("zh_CN", f => (f.Name.LastName() + f.Name.FirstName(), $"+86 10 {f.Random.Number(1000, 9999)} {f.Random.Number(1000, 9999)}", new(
                f.Address.StreetAddress(), Sometimes(f, () => $"{f.Random.Number(1, 30)}单元"), f.Address.ZipCode(), f.Address.City(), f.Address.State(), "CN", "USD"))),
            // Hong Kong has no postal codes.
            In("zh_CN", f => (f.Name.LastName() + f.Name.FirstName(), $"+852 {f.Random.Number(2000, 3999)} {f.Random.Number(1000, 9999)}", new(
                $"彌敦道{f.Random.Number(1, 800)}號", $"{f.Random.Number(2, 40)}樓", null, f.PickRandom("九龍", "旺角", "油麻地"), null, "HK", "USD"))),
            In("ko", f => (f.Name.LastName() + f.Name.FirstName(), $"+82 2 {f.Random.Number(100, 999)} {f.Random.Number(1000, 9999)}", new(
                $"{f.PickRandom("세종대로", "테헤란로", "올림픽로", "퇴계로")} {f.Random.Number(1, 300)}", Sometimes(f, () => $"{f.Random.Number(101, 120)}동 {f.Random.Number(101, 1500)}호"), f.Random.Replace("0####"), f.Address.State(), null, "KR", "USD"))),
            // The Emirates have none either.
            In("ar", f => (Western(f), $"+971 4 {f.Random.Number(1000000, 9999999)}", new(
                $"شارع {f.Name.LastName()} {f.Random.Number(1, 90)}", Sometimes(f, () => $"شقة {f.Random.Number(1, 300)}"), null, f.PickRandom("دبي", "أبو ظبي", "الشارقة"), null, "AE", "USD"))),
        ];

        (Faker, Func<Faker, (string, string, PostAddress)>) In(string locale, Func<Faker, (string, string, PostAddress)> make) =>
            (new Faker(locale) { Random = random }, make);
    }

    public Customer Next()
    {
        var random = _any.Random;
        var (faker, make) = random.ArrayElement(_countries);
        var (name, phone, address) = make(faker);
        if (random.Bool(0.02f))
        {
            // Long enough to spoil a label that expects forty characters.
            name = $"{name} {_any.Name.LastName()}-{_any.Name.LastName()} {_any.Name.LastName()} {_any.Name.LastName()} {_any.Name.LastName()}";
        }

        var number = ++_last;
        return new Customer(
            $"C-{number}",
            name,
            random.Bool(0.15f) ? faker.Company.CompanyName() : null,
            $"{_any.Internet.UserName().ToLowerInvariant()}{number}@{random.ArrayElement(["example.com", "example.org", "example.net"])}",
            random.Bool(0.9f) ? phone : null,
            random.Bool(0.2f) ? $"2001:db8:{random.Number(1, 0xffff):x}::{random.Number(1, 0xffff):x}" : $"203.0.113.{random.Number(1, 254)}",
            address);
    }

    private static string Western(Faker f) => f.Name.FirstName() + " " + f.Name.LastName();

    private static string? Sometimes(Faker f, Func<string> text) => f.Random.Bool(0.3f) ? text() : null;
}
