using Gateway.Core.Sources;
using Gateway.Protos.Test.V1;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Extensions.Time.Testing;
using SQLitePCL;

namespace Gateway.Stores.Tests.Source;

/// <summary>SQLite itself tells which columns of the views each statement reads.</summary>
public sealed class SqliteColumnSpyTests : IDisposable
{
    private static readonly string[] s_routing = ["thing_id", "subject_id", "updated_at", "opened_at", "closed_at", "recipient"];

    private readonly SqliteTestShop _shop = new();
    private readonly SqliteRecordSource _source;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<string> _statements = [];
    private strdelegate_authorizer? _authorizer;
    private strdelegate_trace? _trace;

    public SqliteColumnSpyTests() =>
        _source = new SqliteRecordSource(_shop.ConnectionString, new FakeTimeProvider(), maxConnections: 1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryCall_GrantOfSomeFields_ReadsThemAndTheRoutingColumnsOnly()
    {
        for (var i = 0; i < 20; i++)
        {
            _shop.Put(new TestRow($"A-{i:00}") { Columns = [("a_string", "x")] });
            _shop.PutChild("everything_items", $"A-{i:00}", 1, ("sku", "s"));
        }

        var reader = _source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string", "address.locality", "items.sku"));
        await SpyAsync();

        await reader.GetAsync(TestGrants.Everything.Key, "A-01", RecordSourceSpecification.Now, Token);
        await reader.BatchGetAsync(["A-01", "A-02"], RecordSourceSpecification.Now, Token);
        await reader.ListAsync(Cursor.Start, 10, RecordSourceSpecification.Now, Token);
        await reader.ListOpenAsync(Cursor.Start, 10, RecordSourceSpecification.Now, Token);
        await reader.ListOpenOfSubjectAsync("subject-1", Cursor.Start, 10, RecordSourceSpecification.Now, Token);
        string[] main = [.. s_routing, "a_string", "address_locality"];
        _read.ShouldBe(
            [.. main.Select(c => "sharing_everything." + c), .. Items("thing_id", "position", "sku")], ignoreOrder: true);

        _read.Clear();
        await reader.ListDeparturesAsync(Cursor.Start, 10, RecordSourceSpecification.Now, Token);
        await reader.ListExpiredAsync(RecordSourceSpecification.Now.AddDays(-1), RecordSourceSpecification.Now, Token);
        _read.ShouldBe(s_routing.Select(c => "sharing_everything." + c), ignoreOrder: true);

        _read.Clear();
        await reader.GetAsync(TestGrants.Everything.AlternateKeys[0], "o", RecordSourceSpecification.Now, Token);
        _read.Contains("sharing_everything.other_id").ShouldBeTrue();
        _read.Contains("sharing_everything.a_price").ShouldBeFalse();
    }

    [Fact]
    public async Task OneSubject_SomeFields_ReadsThemTheKeyTheSubjectAndTheChangeOnly()
    {
        _shop.Put(new TestRow("A-01") { Columns = [("a_string", "x")] });
        _shop.PutChild("everything_items", "A-01", 1, ("sku", "s"));
        var everything = TestGrants.Everything;
        var reader = _source.PrepareForSubject(everything, TestGrants.Of(everything, "a_string", "items.sku").Granted);
        await SpyAsync();

        (await reader.ListAsync("subject-1", 10, Token)).Count.ShouldBe(1);

        string[] main = ["thing_id", "subject_id", "updated_at", "opened_at", "a_string"];
        _read.ShouldBe(
            [.. main.Select(c => "sharing_everything." + c), .. Items("thing_id", "position", "sku")], ignoreOrder: true);
    }

    [Fact]
    public async Task PermissionColumn_NotGranted_IsReadAsRoutingAndInNoRecord()
    {
        _shop.Execute("CREATE VIEW sharing_listed AS SELECT thing_id, recipient, subject_id, opened_at, closed_at, updated_at, a_string AS list, other_id AS email, 'en' AS language FROM things");
        _shop.Put(new TestRow("A-1") { Columns = [("a_string", "news"), ("other_id", "a@mail.example")] });
        _shop.Put(new TestRow("A-2"));
        var reader = _source.Prepare(TestGrants.Of(TestGrants.Listed, "thing_id", "email"));
        await SpyAsync();

        var rows = await reader.ListOpenOfSubjectAsync("subject-1", Cursor.Start, 10, RecordSourceSpecification.Now, Token);

        rows.Select(r => r.List).ShouldBe(["news", null]);
        rows[0].Record.ShouldBe(new Listed { ThingId = "A-1", Email = "a@mail.example" });
        (await reader.GetAsync(TestGrants.Listed.Key, "A-1", RecordSourceSpecification.Now, Token))!.List.ShouldBe("news");
        _read.Where(c => c.StartsWith("sharing_listed.", StringComparison.Ordinal)).ShouldBe(
            s_routing.Append("list").Append("email").Select(c => "sharing_listed." + c), ignoreOrder: true);

        _shop.Execute("DROP VIEW sharing_listed");
        _shop.Execute("CREATE VIEW sharing_listed AS SELECT thing_id, recipient, subject_id, opened_at, closed_at, updated_at, other_id AS email FROM things");
        Should.Throw<SourceException>(() => _source.Prepare(TestGrants.Of(TestGrants.Listed, "email"))).Message.ShouldContain("column 'list' of view 'sharing_listed'");
    }

    [Fact]
    public async Task Children_OfAPage_AreReadByOneStatement()
    {
        for (var i = 0; i < 50; i++)
        {
            _shop.Put(new TestRow($"A-{i:00}"));
            _shop.PutChild("everything_items", $"A-{i:00}", 1, ("sku", "s"));
        }

        var reader = _source.Prepare(TestGrants.Of(TestGrants.Everything, "items.sku"));
        await SpyAsync();

        (await reader.ListAsync(Cursor.Start, 100, RecordSourceSpecification.Now, Token)).Count.ShouldBe(50);

        _statements.Count(s => s.Contains("sharing_everything_items", StringComparison.Ordinal)).ShouldBe(1);
        _statements.Count.ShouldBeLessThanOrEqualTo(6);
    }

    public void Dispose()
    {
        _source.Dispose();
        _shop.Dispose();
    }

    private static IEnumerable<string> Items(params string[] columns) => columns.Select(c => "sharing_everything_items." + c);

    // The pool has one connection: what is set on it sees every call.
    private async Task SpyAsync()
    {
        var connection = await _source.Pool.RentAsync(Token);
        _authorizer = (_, action, table, column, _, view) =>
        {
            // Reads that a view makes of its own tables carry the view's name.
            if (action == raw.SQLITE_READ && view is null && table.StartsWith("sharing_", StringComparison.Ordinal) && column.Length > 0)
            {
                _read.Add($"{table}.{column}");
            }

            return raw.SQLITE_OK;
        };
        _trace = (_, sql) => _statements.Add(sql);
        raw.sqlite3_set_authorizer(connection.Handle, _authorizer, null!);
        raw.sqlite3_trace(connection.Handle, _trace, null!);
        _source.Pool.Return(connection);
    }
}
