using CsCheck;
using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Source;

/// <summary>Times with and without a fraction sort as instants, whatever their texts do.</summary>
public sealed class SqlitePageTests : IDisposable
{
    private static readonly string[] s_times =
    [
        "2026-03-14T10:00:00Z", "2026-03-14T10:00:00.000Z", "2026-03-14T10:00:00.001Z", "2026-03-14T10:00:00.999Z",
        "2026-03-14T10:00:01Z", "2026-03-14T10:00:01.000Z", "2026-03-14T10:00:01.500Z", "2026-03-14T10:00:02Z",
    ];

    private static readonly string[] s_keys = ["a", "b", "B", "é", "\uffff", "🎁", "日本"];

    private readonly SqliteTestShop _shop = new();
    private readonly SqliteRecordSource _source;

    public SqlitePageTests()
    {
        _source = new SqliteRecordSource(_shop.ConnectionString, new FakeTimeProvider());
        _shop.Execute("PRAGMA synchronous = OFF");
    }

    [Fact]
    public async Task Pages_AnyMixOfTimes_AreTheInstantsOrderCutInPieces()
    {
        var token = TestContext.Current.CancellationToken;
        var reader = _source.Prepare(TestGrants.Of(TestGrants.Everything, "thing_id"));
        var cases = Gen.Select(Gen.Int[0, s_times.Length - 1].Select(i => s_times[i]).List[0, 12], Gen.Int[1, 5]);
        await cases.SampleAsync(
            async (times, size) =>
            {
                var keys = times.Select((_, i) => $"{s_keys[i % s_keys.Length]}{i / s_keys.Length}").ToArray();
                _shop.Execute("DELETE FROM things");
                _shop.Execute(string.Concat(times.Select((t, i) =>
                    $"INSERT INTO things (thing_id, recipient, subject_id, opened_at, updated_at) VALUES ('{keys[i]}', '{RecordSourceSpecification.Partner}', 's', '2026-03-01T00:00:00Z', '{t}');")));
                var expected = times.Select((t, i) => (At: DateTimeOffset.Parse(t, null), Key: keys[i]))
                    .OrderBy(x => x.At).ThenBy(x => x.Key, Comparer<string>.Create((x, y) => System.Text.Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(y))))
                    .Select(x => x.Key).ToArray();

                var paged = new List<string>();
                var after = Cursor.Start;
                while (true)
                {
                    var page = await reader.ListAsync(after, size, RecordSourceSpecification.Now, token);
                    page.Count.ShouldBe(Math.Min(size, expected.Length - paged.Count), "only the last page may be short");
                    if (page.Count == 0)
                    {
                        break;
                    }

                    paged.AddRange(page.Select(r => r.Key));
                    after = new Cursor(page[^1].UpdatedAt, page[^1].Key);
                }

                paged.ShouldBe(expected);
            },
            iter: 150,
            threads: 1);
    }

    [Theory]
    [InlineData("2026-03-14T10:00:00Z", "2026-03-14T10:00:00.000Z", true)]
    [InlineData("2026-03-14T10:00:00Z", "2026-03-14T09:59:59.999Z", false)]
    [InlineData("2026-03-14T10:00:00Z", "2026-03-14T10:00:00.500Z", true)]
    [InlineData("2026-03-14T10:00:00.500Z", "2026-03-14T10:00:00.499Z", false)]
    public async Task MaxOpen_TextsOfAnotherForm_CompareAsInstants(string opened, string limit, bool over)
    {
        var maxOpen = TimeSpan.FromDays(90);
        var reader = _source.Prepare(TestGrants.Of(TestGrants.Everything, "thing_id").With(maxOpen: maxOpen));
        _shop.PutRaw(("thing_id", "a"), ("recipient", RecordSourceSpecification.Partner), ("subject_id", "s"), ("opened_at", opened), ("updated_at", opened));

        var row = await reader.GetAsync(
            TestGrants.Everything.Key, "a", DateTimeOffset.Parse(limit, null) + maxOpen, TestContext.Current.CancellationToken);

        (row is null).ShouldBe(over);
    }

    public void Dispose()
    {
        _source.Dispose();
        _shop.Dispose();
    }
}
