using System.Globalization;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>All numbers are generated, or are what card schemes publish for tests.</summary>
public sealed class CardNumberDetectorTests
{
    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("4222222222222")]
    [InlineData("4000000000000000006")]
    [InlineData("5555555555554444")]
    [InlineData("2223003122003222")]
    [InlineData("2720990000000007")]
    [InlineData("378282246310005")]
    [InlineData("371449635398431")]
    [InlineData("6011111111111117")]
    [InlineData("6445644564456445")]
    [InlineData("3530111333300000")]
    [InlineData("30569309025904")]
    [InlineData("36227206271667")]
    [InlineData("6200000000000005")]
    [InlineData("6304000000000000")]
    [InlineData("6759649826438453")]
    public void Finds_NumberOfAKnownIssuer(string number)
    {
        CardNumberDetector.Finds(number).ShouldBeTrue();
        CardNumberDetector.Finds($"paid with {number}, thanks").ShouldBeTrue();
        CardNumberDetector.Finds($"card={number}&x=1").ShouldBeTrue();
    }

    [Theory]
    [InlineData("4111 1111 1111 1111")]
    [InlineData("4111-1111-1111-1111")]
    [InlineData("4111 1111 1111 1111 12/27")]
    [InlineData("4111 1111 1111 1111 2027")]
    [InlineData("order 1234 4111 1111 1111 1111")]
    [InlineData("3782 822463 10005")]
    [InlineData("3782-822463-10005")]
    [InlineData("3056 930902 5904")]
    [InlineData("4222 222 222 222")]
    [InlineData("41111111 11111111")]
    [InlineData("visa4111111111111111")]
    [InlineData("PAN:4111111111111111;")]
    [InlineData("20261123 4111111111111111")]
    [InlineData("4111111111111111 4111111111111112")]
    [InlineData("カード4111111111111111です")]
    public void Finds_NumberAsPeopleWriteIt(string text) => CardNumberDetector.Finds(text).ShouldBeTrue();

    [Theory]
    [InlineData("\uff14\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11\uff11")]
    [InlineData("\u0664\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661")]
    [InlineData("4111\u200b1111\u200b1111\u200b1111")]
    [InlineData("4111\u00ad1111\u00ad1111\u00ad1111")]
    [InlineData("4111\ufeff111111111111")]
    [InlineData("4111\u00a01111\u20091111\u30001111")]
    [InlineData("4111\u20131111\u20141111\u22121111")]
    [InlineData("4\ufe0f\u20e3111111111111111")]
    [InlineData("\U0001D7D2111111111111111")]
    [InlineData("\u2074\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9\u00b9")]
    public void Finds_OtherDigitsAndInvisibleSeparators(string text) => CardNumberDetector.Finds(text).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("4111111111111112")]
    [InlineData("411111111111")]
    [InlineData("41111111111111111111")]
    [InlineData("14111111111111111000")]
    [InlineData("4111 1111 1111")]
    [InlineData("4111  1111  1111  1111")]
    [InlineData("4111/1111/1111/1111")]
    [InlineData("7111111111111114")]
    [InlineData("1111")]
    [InlineData("Visa ending 1111, 12/2027")]
    [InlineData("pay_4111111111111111a")]
    [InlineData("c4111111111111111f")]
    [InlineData("+4222222222222")]
    [InlineData("1Z999AA10123456784")]
    [InlineData("JD014600006281230704")]
    [InlineData("9400 1112 0255 5000 0000 00")]
    [InlineData("123-1234567-1234567")]
    [InlineData("4006381333931")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    [InlineData("2026-11-23T17:40:58.1234567Z")]
    [InlineData("20261123174058")]
    [InlineData("1795455658123")]
    [InlineData("1795455658123456789")]
    [InlineData("356938035643809")]
    [InlineData("10.255.255.255")]
    [InlineData("東京都千代田区丸の内一丁目")]
    public void Finds_NothingInOtherNumbers(string text) => CardNumberDetector.Finds(text).ShouldBeFalse();

    [Fact]
    public void Finds_EveryIssuersGeneratedNumbers_AndNoneOfTheirNeighbours()
    {
        var random = new Random(20261123);
        string[] beginnings = ["4", "51", "55", "2221", "2720", "6011", "644", "65", "3528", "3589", "62", "5018", "6763"];
        foreach (var beginning in beginnings)
        {
            for (var i = 0; i < 100; i++)
            {
                var number = WithLuhn(beginning + Digits(random, 15 - beginning.Length));
                var wrong = number[..15] + (char)('0' + ((number[15] - '0' + 1 + random.Next(9)) % 10));

                CardNumberDetector.Finds(number).ShouldBeTrue(number);
                CardNumberDetector.Finds(wrong).ShouldBeFalse(wrong);
                CardNumberDetector.Finds($"{number[..4]}-{number[4..8]}-{number[8..12]}-{number[12..]}").ShouldBeTrue(number);
                CardNumberDetector.Finds(random.Next(1, 10) + number + Digits(random, 4)).ShouldBeFalse(number);
            }
        }
    }

    [Fact]
    public void Finds_NothingInIbans_PlainOrGrouped()
    {
        var random = new Random(2);
        for (var i = 0; i < 3000; i++)
        {
            // Digits that would pass for a card, were they not in an IBAN.
            var account = (i % 3) switch
            {
                0 => WithLuhn("4" + Digits(random, 14)) + Digits(random, 2),
                1 => Digits(random, 2) + WithLuhn("4" + Digits(random, 14)),
                _ => "LOYD" + WithLuhn("30" + Digits(random, 11)),
            };
            var iban = Iban(i % 3 == 2 ? "GB" : "DE", account);
            var grouped = string.Join(' ', iban.Chunk(4).Select(c => new string(c)));

            CardNumberDetector.Finds(iban).ShouldBeFalse(iban);
            CardNumberDetector.Finds($"IBAN: {grouped}, thanks").ShouldBeFalse(grouped);
        }
    }

    [Fact]
    public void Finds_CardBesideAnIban()
    {
        var iban = Iban("DE", "370400440532013000");

        CardNumberDetector.Finds($"{iban} 4111111111111111").ShouldBeTrue();
        CardNumberDetector.Finds($"4111 1111 1111 1111 / {iban}").ShouldBeTrue();
    }

    [Fact]
    public void Finds_NothingInArticleNumbersAndTimes()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var ean = WithEan("4" + Digits(random, 11));
            var millis = (1_500_000_000_000L + random.NextInt64(1_000_000_000_000)).ToString(CultureInfo.InvariantCulture);

            CardNumberDetector.Finds(ean).ShouldBeFalse(ean);
            CardNumberDetector.Finds(millis).ShouldBeFalse(millis);
        }
    }

    [Fact]
    public void Finds_RandomSixteenDigits_SeldomByChance()
    {
        var random = new Random(4);

        Enumerable.Range(0, 20_000).Count(_ => CardNumberDetector.Finds(random.Next(1, 10) + Digits(random, 15))).ShouldBeLessThan(600);
    }

    [Fact]
    public void Finds_AnyText_AllocatesNothing()
    {
        string[] texts = ["1 Test Street", "Ada Example", "4111 1111 1111 1112", "東京都千代田区丸の内一丁目九番一号千代田区丸の内", new('4', 2000)];

        foreach (var text in texts)
        {
            CardNumberDetector.Finds(text).ShouldBeFalse();
            var before = GC.GetAllocatedBytesForCurrentThread();
            CardNumberDetector.Finds(text);
            (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0, text);
        }
    }

    [Fact]
    public void Finds_LongText_ReadsAllOfIt()
    {
        var filler = string.Concat(Enumerable.Repeat("12 34 ", 100_000));

        CardNumberDetector.Finds(filler).ShouldBeFalse();
        CardNumberDetector.Finds(filler + "x 4111111111111111").ShouldBeTrue();
    }

    internal static string Digits(Random random, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)('0' + random.Next(10))));

    internal static string WithLuhn(string digits) => WithCheckDigit(digits, (d, second) => second ? (d * 2) - (d > 4 ? 9 : 0) : d);

    private static string WithEan(string digits) => WithCheckDigit(digits, (d, second) => second ? d * 3 : d);

    private static string WithCheckDigit(string digits, Func<int, bool, int> weigh)
    {
        var sum = digits.Reverse().Select((c, i) => weigh(c - '0', i % 2 == 0)).Sum();
        return digits + (char)('0' + ((10 - (sum % 10)) % 10));
    }

    private static string Iban(string country, string account)
    {
        var remainder = 0;
        foreach (var c in account + country + "00")
        {
            remainder = char.IsDigit(c) ? ((remainder * 10) + c - '0') % 97 : ((remainder * 100) + c - 'A' + 10) % 97;
        }

        return $"{country}{98 - remainder:00}{account}";
    }
}
