using Gateway.Core.Contracts;
using Gateway.Core.Sources;
using Gateway.Protos.Test.V1;
using Gateway.Protos.Type.V1;
using Gateway.Stores.Sqlite.Source;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Source;

/// <summary>What each kind of field takes from SQLite, and what it refuses: always naming view and column, never the value.</summary>
public sealed class SqliteValuesTests : IDisposable
{
    private const string Secret = "Zaphod-4711";

    private readonly SqliteTestShop _shop = new();
    private readonly SqliteRecordSource _source;

    public SqliteValuesTests() => _source = new SqliteRecordSource(_shop.ConnectionString, new FakeTimeProvider());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_EveryKind_IsGiven()
    {
        _shop.Put(new TestRow("A-1")
        {
            Columns =
            [
                ("other_id", "o"), ("a_string", "žлüد日本🎁"), ("a_bytes", new byte[] { 0, 255 }), ("a_bool", 1), ("a_double", 1.25), ("a_float", 3),
                ("an_int32", int.MinValue), ("a_sint32", int.MaxValue), ("a_sfixed32", -1), ("a_uint32", uint.MaxValue), ("a_fixed32", 7),
                ("an_int64", long.MinValue), ("a_sint64", long.MaxValue), ("a_sfixed64", -2), ("a_uint64", "18446744073709551615"), ("a_fixed64", 9),
                ("a_colour", "deep_blue"), ("a_time", "2026-03-14T01:02:03.456Z"), ("a_duration", 1.5), ("a_price", "-12.345678901"),
                ("a_price_currency", "EUR"), ("a_wrapped_string", ""), ("a_wrapped_int32", 0), ("a_wrapped_bool", 0), ("a_wrapped_bytes", Array.Empty<byte>()),
                ("an_optional", ""), ("choice_number", 0), ("tags", """["x","ÿ"]"""), ("colours", """["RED",2]"""), ("counts", """{"a":1}"""),
                ("blobs", """{"-5":"AP8="}"""), ("address_street", "Main St 1"), ("address_country", "GB"), ("outer_inner_note", "deep"), ("order", "kw"),
            ],
        });
        _shop.PutChild("everything_items", "A-1", 1, ("sku", "s"), ("quantity", 2), ("price", 3), ("price_currency", "GBP"), ("inner_note", "n"));

        var record = await GetAsync(TestGrants.All());

        record.ShouldBe(new Everything
        {
            ThingId = "A-1", OtherId = "o", AString = "žлüد日本🎁", ABytes = ByteString.CopyFrom(0, 255), ABool = true, ADouble = 1.25, AFloat = 3,
            AnInt32 = int.MinValue, ASint32 = int.MaxValue, ASfixed32 = -1, AUint32 = uint.MaxValue, AFixed32 = 7,
            AnInt64 = long.MinValue, ASint64 = long.MaxValue, ASfixed64 = -2, AUint64 = ulong.MaxValue, AFixed64 = 9,
            AColour = LampColour.DeepBlue, ATime = Timestamp.FromDateTime(new DateTime(2026, 3, 14, 1, 2, 3, 456, DateTimeKind.Utc)),
            ADuration = new Duration { Seconds = 1, Nanos = 500_000_000 }, APrice = new Money { CurrencyCode = "EUR", Units = -12, Nanos = -345_678_901 },
            AWrappedString = "", AWrappedInt32 = 0, AWrappedBool = false, AWrappedBytes = ByteString.Empty, AnOptional = "", ChoiceNumber = 0,
            Tags = { "x", "ÿ" }, Colours = { LampColour.Red, LampColour.DeepBlue }, Counts = { ["a"] = 1 }, Blobs = { [-5] = ByteString.CopyFrom(0, 255) },
            Address = new PostalAddress { Street = "Main St 1", Country = "GB" },
            Outer = new Everything.Types.Outer { Inner = new Everything.Types.Inner { Note = "deep" } }, Order = "kw",
            Items = { new Everything.Types.Item { Sku = "s", Quantity = 2, Price = new Money { CurrencyCode = "GBP", Units = 3 }, Inner = new Everything.Types.Inner { Note = "n" } } },
        });
        record!.HasAnOptional.ShouldBeTrue();
        record.ChoiceCase.ShouldBe(Everything.ChoiceOneofCase.ChoiceNumber);
    }

    [Fact]
    public async Task Get_AllNull_LeavesAllUnset()
    {
        _shop.Put(new TestRow("A-1"));

        (await GetAsync(TestGrants.All())).ShouldBe(new Everything { ThingId = "A-1" });
    }

    [Theory]
    [InlineData("a_colour", "LAMP_COLOUR_RED", 1)]
    [InlineData("a_colour", "Red", 1)]
    [InlineData("a_colour", 2, 2)]
    public async Task Enum_NameWithAndWithoutPrefixOrNumber_IsGiven(string column, object value, int expected)
    {
        _shop.Put(new TestRow("A-1") { Columns = [(column, value)] });

        ((int)(await GetAsync(TestGrants.All()))!.AColour).ShouldBe(expected);
    }

    [Theory]
    [InlineData(19L, 19, 0)]
    [InlineData(19.99, 19, 990_000_000)]
    [InlineData(-0.01, 0, -10_000_000)]
    [InlineData(123456789.123456, 123456789, 123_456_000)]
    [InlineData(1e14, 100_000_000_000_000, 0)]
    [InlineData("19.990000000", 19, 990_000_000)]
    [InlineData("9223372036854775807", long.MaxValue, 0)]
    [InlineData("0.000000001", 0, 1)]
    public async Task Money_WithoutLoss_IsGiven(object amount, long units, int nanos)
    {
        _shop.Put(new TestRow("A-1") { Columns = [("a_price", amount), ("a_price_currency", "EUR")] });

        (await GetAsync(TestGrants.All()))!.APrice.ShouldBe(new Money { CurrencyCode = "EUR", Units = units, Nanos = nanos });
    }

    [Theory]
    [InlineData(0.30000000000000004)]
    [InlineData(1e-10)]
    [InlineData(9007199254740993.0)]
    [InlineData(1e300)]
    [InlineData(double.PositiveInfinity)]
    [InlineData("1.0000000001")]
    [InlineData("9223372036854775808")]
    [InlineData("1e3")]
    [InlineData("1,50")]
    [InlineData(" 1")]
    [InlineData("+1")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("-")]
    [InlineData("")]
    [InlineData("NaN")]
    public async Task Money_WithLoss_IsRefused(object amount) =>
        await RefusedAsync("a_price", ("a_price", amount), ("a_price_currency", "EUR"));

    [Theory]
    [InlineData("a_string", 4711)]
    [InlineData("a_string", "Zaphod-4711\0x")]
    [InlineData("a_bytes", Secret)]
    [InlineData("a_bool", 2)]
    [InlineData("a_bool", Secret)]
    [InlineData("a_double", double.NegativeInfinity)]
    [InlineData("a_double", Secret)]
    [InlineData("a_float", 1e39)]
    [InlineData("an_int32", 2147483648L)]
    [InlineData("an_int32", 1.0)]
    [InlineData("an_int32", "4711")]
    [InlineData("a_sint32", -2147483649L)]
    [InlineData("a_sfixed32", long.MaxValue)]
    [InlineData("a_uint32", -1)]
    [InlineData("a_uint32", 4294967296L)]
    [InlineData("a_fixed32", -1)]
    [InlineData("an_int64", 9.3e18)]
    [InlineData("a_uint64", -1)]
    [InlineData("a_uint64", "18446744073709551616")]
    [InlineData("a_fixed64", "-1")]
    [InlineData("a_colour", "purple")]
    [InlineData("a_colour", "")]
    [InlineData("a_colour", 3)]
    [InlineData("a_colour", 4294967297L)]
    [InlineData("a_time", "2026-03-14 01:02:03")]
    [InlineData("a_time", 1773450123)]
    [InlineData("a_duration", "315576000001")]
    [InlineData("tags", "[1]")]
    [InlineData("tags", "Zaphod-4711")]
    [InlineData("tags", """["Zaphod-4711\u0000"]""")]
    [InlineData("tags", "{}")]
    [InlineData("colours", """["purple"]""")]
    [InlineData("counts", """{"a":2147483648}""")]
    [InlineData("counts", """{"a":1,"a":2}""")]
    [InlineData("blobs", """{"x":"AA=="}""")]
    [InlineData("a_price_currency", 1)]
    public async Task Value_NotTheFields_IsRefused(string column, object value) =>
        await RefusedAsync(column, column == "a_price_currency" ? [("a_price", 1), (column, value)] : [(column, value)]);

    [Theory]
    [InlineData(null)]
    [InlineData("eur")]
    [InlineData("EURO")]
    [InlineData("")]
    public async Task Money_WithoutItsCurrency_IsRefused(string? currency) =>
        await RefusedAsync("a_price_currency", ("a_price", 1), ("a_price_currency", currency));

    [Fact]
    public async Task Text_NotUtf8_IsRefused()
    {
        _shop.Put(new TestRow("A-1"));
        _shop.Execute("UPDATE things SET a_string = CAST(x'5A6170C3' AS TEXT)");

        await RefusedAsItIsAsync("a_string");
    }

    public void Dispose()
    {
        _source.Dispose();
        _shop.Dispose();
    }

    private async Task RefusedAsync(string column, params (string, object?)[] columns)
    {
        _shop.Put(new TestRow("A-1") { Columns = columns });
        await RefusedAsItIsAsync(column);
    }

    private async Task RefusedAsItIsAsync(string column)
    {
        var e = await Should.ThrowAsync<SourceException>(() => GetAsync(TestGrants.All()));
        e.Message.ShouldContain("'sharing_everything'");
        e.Message.ShouldContain($"'{column}'");
        e.ToString().ShouldNotContain(Secret);
        e.ToString().ShouldNotContain("4711");
    }

    private async Task<Everything?> GetAsync(Grant grant) =>
        (Everything?)(await _source.Prepare(grant).GetAsync(TestGrants.Everything.Key, "A-1", RecordSourceSpecification.Now, Token))?.Record;
}
