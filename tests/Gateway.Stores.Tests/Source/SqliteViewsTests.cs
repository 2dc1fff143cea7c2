using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Source;

/// <summary>Views that are not what they must be: each is refused with its name, at preparation where it can be seen there.</summary>
public sealed class SqliteViewsTests : IDisposable
{
    private readonly SqliteTestShop _shop = new();
    private readonly SqliteRecordSource _source;

    public SqliteViewsTests() => _source = new SqliteRecordSource(_shop.ConnectionString, new FakeTimeProvider());

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("thing_id", 4711)]
    [InlineData("subject_id", null)]
    [InlineData("subject_id", "")]
    [InlineData("subject_id", 4711)]
    [InlineData("opened_at", null)]
    [InlineData("opened_at", 1773450123)]
    [InlineData("updated_at", null)]
    [InlineData("updated_at", "yesterday")]
    public async Task Routing_NotWhatItMustBe_IsRefused(string column, object? value)
    {
        _shop.Put(new TestRow("A-1"));
        _shop.Execute($"UPDATE things SET {column} = {(value is string s ? $"'{s}'" : value ?? "NULL")}");

        await RefusedAsync(column);
    }

    [Theory]
    [InlineData("2026-03-14T01:02:03")]
    [InlineData("2026-03-14 01:02:03Z")]
    [InlineData("2026-03-14T01:02:03z")]
    [InlineData("2026-03-14T01:02:03.4Z")]
    [InlineData("2026-03-14T01:02:03.456789Z")]
    [InlineData("2026-03-14T01:02:03+00:00")]
    [InlineData("2026-03-14T01:02:03,456Z")]
    [InlineData("2026-02-29T01:02:03Z")]
    [InlineData("2026-13-01T01:02:03Z")]
    [InlineData("2026-03-14T24:00:00Z")]
    [InlineData("2026-03-14T01:02:60Z")]
    [InlineData("2026-03-00T01:02:03Z")]
    [InlineData("２026-03-14T01:02:03Z")]
    [InlineData("")]
    public async Task Time_InAnotherForm_IsRefusedWhereverItStands(string time)
    {
        foreach (var column in (string[])["opened_at", "closed_at", "updated_at", "a_time"])
        {
            _shop.Put(new TestRow("A-1"));
            _shop.Execute($"UPDATE things SET {column} = '{time}'");
            await RefusedAsync(column);
        }
    }

    [Fact]
    public void Prepare_MissingViewsAndColumns_NamesThemAll()
    {
        _shop.DropColumn("a_string");
        _shop.Execute("DROP VIEW sharing_everything");
        _shop.Execute("CREATE VIEW sharing_everything AS SELECT thing_id, recipient, opened_at, closed_at, updated_at, a_price FROM things");
        _shop.Execute("DROP TABLE sharing_everything_items");

        var message = Should.Throw<SourceException>(() => _source.Prepare(TestGrants.All())).Message;

        foreach (var name in (string[])["'sharing_everything_items'", "'subject_id'", "'a_string'", "'a_price_currency'"])
        {
            message.ShouldContain(name);
        }

        message.ShouldNotContain("'a_price'");
    }

    [Fact]
    public void Prepare_FieldWithoutColumnForm_IsRefused() =>
        Should.Throw<SourceException>(() => _source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string", "structure")))
            .Message.ShouldContain("structure");

    [Fact]
    public void Layout_FieldsThatWouldShareAName_AreAllNamed()
    {
        var message = Should.Throw<SourceException>(() => SourceLayout.Of(TestGrants.Clashing)).Message;

        foreach (var clash in (string[])["home.city and home_city", "fee and fee_currency", "'recipient'", "'id' of view 'clashing_lines'", "'position'"])
        {
            message.ShouldContain(clash);
        }
    }

    [Fact]
    public async Task Key_TwiceInTheView_IsRefused()
    {
        _shop.Execute("DROP INDEX things_key");
        _shop.Put(new TestRow("A-1"));
        _shop.Put(new TestRow("A-1"));
        var reader = _source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string"));

        (await Should.ThrowAsync<SourceException>(async () => await reader.GetAsync(TestGrants.Everything.Key, "A-1", RecordSourceSpecification.Now, Token))).Message.ShouldContain("thing_id");
        (await Should.ThrowAsync<SourceException>(async () => await reader.BatchGetAsync(["A-1"], RecordSourceSpecification.Now, Token))).Message.ShouldContain("thing_id");
        (await Should.ThrowAsync<SourceException>(async () => await reader.ListAsync(Cursor.Start, 10, RecordSourceSpecification.Now, Token))).Message.ShouldContain("thing_id");
    }

    [Fact]
    public void Constructor_MalformedConnectionString_IsRefused() =>
        Should.Throw<SourceException>(() => new SqliteRecordSource("Host=localhost", new FakeTimeProvider()));

    [Fact]
    public void Connection_Writing_IsImpossible()
    {
        using var connection = _source.Pool.Open();
        using var statement = new Statement(connection, "DELETE FROM things", "things");

        Should.Throw<SourceException>(() => statement.Step());
    }

    public void Dispose()
    {
        _source.Dispose();
        _shop.Dispose();
    }

    // By a page, which reads a row whatever its key is.
    private async Task RefusedAsync(string column)
    {
        var reader = _source.Prepare(TestGrants.All());
        var e = await Should.ThrowAsync<SourceException>(async () =>
        {
            await reader.GetAsync(TestGrants.Everything.Key, "A-1", RecordSourceSpecification.Now, Token);
            await reader.ListAsync(Cursor.Start, 10, RecordSourceSpecification.Now, Token);
        });
        e.Message.ShouldContain("'sharing_everything'");
        e.Message.ShouldContain($"'{column}'");
    }
}
