using CsCheck;
using Gateway.Core.Log;
using Gateway.Core.Minimisation;
using Gateway.Protos.Annotations.V1;
using Gateway.Protos.Type.V1;
using Gateway.TestProtos.V1;
using Google.Protobuf.WellKnownTypes;
using static Gateway.Core.Tests.Minimisation.Grants;

namespace Gateway.Core.Tests.Minimisation;

public sealed class TransformTests
{
    [Theory]
    [InlineData("", 3, "")]
    [InlineData("12", 3, "")]
    [InlineData("123", 3, "")]
    [InlineData("+44 20 7946 0123", 3, "123")]
    [InlineData("ae\u0301o\u0308", 2, "e\u0301o\u0308")]
    [InlineData("x👩‍👩‍👧‍👦🇬🇧", 1, "🇬🇧")]
    [InlineData("x👩‍👩‍👧‍👦", 1, "👩‍👩‍👧‍👦")]
    [InlineData("a\r\nb", 2, "\r\nb")]
    public void KeepLast_CountsTextElements(string text, int count, string expected) => TextElements.Last(text, count).ShouldBe(expected);

    [Theory]
    [InlineData("", 3, "")]
    [InlineData("SW1A", 4, "")]
    [InlineData("SW1A 1AA", 4, "SW1A")]
    [InlineData("e\u0301a", 1, "e\u0301")]
    [InlineData("e\u0301", 1, "")]
    [InlineData("👩‍👩‍👧‍👦x", 1, "👩‍👩‍👧‍👦")]
    [InlineData("東京都", 2, "東京")]
    public void KeepFirst_CountsTextElements(string text, int count, string expected) => TextElements.First(text, count).ShouldBe(expected);

    // Attributes are stored as UTF-8 and cannot hold these.
    [Fact]
    public void Keep_LoneSurrogate_CountsAsOneElement()
    {
        TextElements.Last("a\ud800b", 2).ShouldBe("\ud800b");
        TextElements.Last("\udc00\udc00", 1).ShouldBe("\udc00");
        TextElements.First("\ud800b", 1).ShouldBe("\ud800");
        TextElements.First("\ud83d", 1).ShouldBe("");
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(9, 10, 0)]
    [InlineData(10, 10, 10)]
    [InlineData(-1, 10, -10)]
    [InlineData(-10, 10, -10)]
    [InlineData(-11, 10, -20)]
    [InlineData(int.MaxValue, int.MaxValue, int.MaxValue)]
    [InlineData(int.MinValue, 1000, -2_147_483_000)]
    [InlineData(int.MinValue, int.MaxValue, -int.MaxValue)]
    public void Bucket_Integer_RoundsDown(int value, long size, int expected) => Buckets.Floor(value, size).ShouldBe(expected);

    [Fact]
    public void Bucket_AtTheEndsOfItsType_DoesNotOverflow()
    {
        Buckets.Floor(long.MinValue, 1000).ShouldBe(-9_223_372_036_854_775_000);
        Buckets.Floor(long.MinValue, 1).ShouldBe(long.MinValue);
        Buckets.Floor(long.MinValue, long.MaxValue).ShouldBe(-long.MaxValue);
        Buckets.Floor(long.MaxValue, long.MaxValue).ShouldBe(long.MaxValue);
        Buckets.Floor(ulong.MaxValue, 1000).ShouldBe(18_446_744_073_709_551_000);
        Buckets.Floor(uint.MaxValue, 1000).ShouldBe(4_294_967_000);
    }

    [Theory]
    [InlineData(12, 500_000_000, 5, 10)]
    [InlineData(10, 0, 5, 10)]
    [InlineData(0, 999_999_999, 5, 0)]
    [InlineData(0, -1, 5, -5)]
    [InlineData(-5, 0, 5, -5)]
    [InlineData(-5, -1, 5, -10)]
    [InlineData(-5, 500_000_000, 1, -5)]
    [InlineData(1, 2_000_000_000, 1, 3)]
    [InlineData(long.MinValue, -1, 1, long.MinValue)]
    [InlineData(long.MaxValue, 2_000_000_000, 1, long.MaxValue)]
    public void Bucket_Money_RoundsDownToWholeUnits(long units, int nanos, long size, long expected)
    {
        Buckets.Floor(new Money { CurrencyCode = "EUR", Units = units, Nanos = nanos }, size)
            .ShouldBe(new Money { CurrencyCode = "EUR", Units = expected });
    }

    [Theory]
    [InlineData("2026-11-23T17:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("2024-12-31T23:59:59.999Z", "2024-01-01T00:00:00Z")]
    [InlineData("1969-12-31T23:59:59Z", "1969-01-01T00:00:00Z")]
    [InlineData("0001-06-01T00:00:00Z", "0001-01-01T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z", "9999-01-01T00:00:00Z")]
    public void YearOnly_GivesTheFirstInstantOfTheYear(string instant, string expected)
    {
        static Timestamp At(string text) =>
            Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));

        YearStart.Of(At(instant)).ShouldBe(At(expected));
    }

    [Fact]
    public void YearOnly_OutOfRange_TellsNoMoreThanAYear()
    {
        YearStart.Of(new Timestamp { Seconds = long.MaxValue, Nanos = 7 }).ToDateTime().ShouldBe(new DateTime(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        YearStart.Of(new Timestamp { Seconds = long.MinValue }).ToDateTime().ShouldBe(new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Utc));
    }

    [Fact]
    public void Pseudonym_IsStableForAPartnerAndCategory_AndUnrelatedElsewhere()
    {
        var email = new PartnerPseudonyms(Key, "user.contact.email");
        var other = new PseudonymKey(new byte[32]);

        var pseudonym = email.Of("ada@example.test");

        pseudonym.ShouldMatch("^[A-Za-z0-9_-]{22}$");
        new PartnerPseudonyms(Key, "user.contact.email").Of("ada@example.test").ShouldBe(pseudonym);
        new PartnerPseudonyms(Key, "user.name").Of("ada@example.test").ShouldNotBe(pseudonym, StringComparer.Ordinal);
        new PartnerPseudonyms(other, "user.contact.email").Of("ada@example.test").ShouldNotBe(pseudonym, StringComparer.Ordinal);
        email.Of("bob@example.test").ShouldNotBe(pseudonym, StringComparer.Ordinal);
        email.Of("").ShouldBe("");
        email.Of("\ud800").ShouldBe(email.Of("\ufffd"), "a lone surrogate leaves as U+FFFD, so it is hashed as one");
        email.Of(new string('x', 100_000)).Length.ShouldBe(22);
    }

    [Fact]
    public void PartnerKey_DiffersByPartnerDomainAndMaster()
    {
        static string Under(byte master, string partner, Domain domain) => new PartnerPseudonyms(
            new MasterKey(Enumerable.Repeat(master, MasterKey.Size).ToArray()).PartnerKey(partner, domain), "user.name").Of("Ada Example");

        Under(0, "northgate", Domain.Registration).ShouldBe("rgsxDenSofs4pGYsVZjusw", "partners hold pseudonyms made before there were two domains");
        new HashSet<string>(
            [
                Under(0, "northgate", Domain.Registration), Under(0, "southgate", Domain.Registration), Under(1, "northgate", Domain.Registration),
                Under(0, "northgate", Domain.Usage), Under(0, "southgate", Domain.Usage), Under(1, "northgate", Domain.Usage),
            ],
            StringComparer.Ordinal).Count.ShouldBe(6);
    }

    [Fact]
    public void PartnerKey_EqualPersonsOfTwoDomains_NeverHaveEqualTokens() => Gen.Select(Gen.String[1, 40], Gen.String[1, 20]).Sample((person, partner) =>
    {
        var master = new MasterKey(new byte[MasterKey.Size]);
        new PartnerPseudonyms(master.PartnerKey(partner, Domain.Registration), "user.unique_id").Of(person)
            .ShouldNotBe(new PartnerPseudonyms(master.PartnerKey(partner, Domain.Usage), "user.unique_id").Of(person), StringComparer.Ordinal);
    });

    [Fact]
    public void PartnerKey_OfNoDomain_IsNone() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new MasterKey(new byte[MasterKey.Size]).PartnerKey("northgate", Domain.Unspecified));

    [Theory]
    [InlineData("a_string", "pseudonym")]
    [InlineData("maybe_string", "keep_last")]
    [InlineData("strings", "keep_last")]
    [InlineData("wrapped_string", "keep_first")]
    [InlineData("items.notes", "pseudonym")]
    [InlineData("an_int64", "bucket")]
    [InlineData("wrapped_int32", "bucket")]
    [InlineData("int32s", "bucket")]
    [InlineData("amount", "bucket")]
    [InlineData("amounts", "bucket")]
    [InlineData("items.at", "year_only")]
    [InlineData("times", "year_only")]
    public void FitsOn_ItsKind_Compiles(string path, string transform)
    {
        var fitting = Named(transform);

        fitting.FitsOn(EverythingRecord.FindLeaf(path)!, out var instead).ShouldBeTrue();
        instead.ShouldBeNull();
        new Everything().Through(EverythingRecord, path, fitting).ShouldBe(new Everything());
    }

    [Theory]
    [InlineData("an_int64", "pseudonym", "22 characters")]
    [InlineData("a_string", "bucket", "keep_last: n")]
    [InlineData("amount", "keep_last", "bucket: n")]
    [InlineData("time", "bucket", "year_only: true")]
    [InlineData("a_bool", "pseudonym", "no transform")]
    [InlineData("a_double", "bucket", "no transform")]
    [InlineData("some_bytes", "keep_last", "no transform")]
    [InlineData("colour", "bucket", "no transform")]
    [InlineData("by_text", "keep_last", "no transform")]
    [InlineData("span", "year_only", "no transform")]
    public void FitsOn_AnotherKind_TellsWhatToWrite(string path, string transform, string expected)
    {
        Named(transform).FitsOn(EverythingRecord.FindLeaf(path)!, out var instead).ShouldBeFalse();

        instead.ShouldContain(expected);
    }

    [Fact]
    public void FitsOn_SizesThatMeanNothing_AreRefused()
    {
        var number = EverythingRecord.FindLeaf("an_int32")!;
        var text = EverythingRecord.FindLeaf("a_string")!;

        new Transform.Bucket(0).FitsOn(number, out _).ShouldBeFalse();
        new Transform.Bucket(-5).FitsOn(number, out _).ShouldBeFalse();
        new Transform.Bucket(1L << 31).FitsOn(number, out _).ShouldBeFalse();
        new Transform.Bucket(int.MaxValue).FitsOn(number, out _).ShouldBeTrue();
        new Transform.KeepLast(0).FitsOn(text, out _).ShouldBeFalse();
        new Transform.KeepFirst(-1).FitsOn(text, out _).ShouldBeFalse();
    }

    private static Transform Named(string name) => name switch
    {
        "keep_last" => new Transform.KeepLast(3),
        "keep_first" => new Transform.KeepFirst(3),
        "year_only" => new Transform.YearOnly(),
        "pseudonym" => new Transform.Pseudonym(),
        _ => new Transform.Bucket(10),
    };
}
