using System.Diagnostics;
using System.Globalization;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;
using Gateway.Stores.Sqlite.Source;
using Gateway.Stores.Sqlite.Usage;

namespace Gateway.Stores.Tests.Usage;

public sealed class SqliteUsageSourceTests(ITestOutputHelper output) : IDisposable
{
    private static readonly FigureTerms[] s_figures =
    [
        TestUsage.Terms(Figure.PageViews, Dimension.Country), TestUsage.Terms(Figure.PageViews, Dimension.Country, Dimension.PageGroup),
        TestUsage.Terms(Figure.Visitors), TestUsage.Terms(Figure.Visitors, Dimension.PageGroup), TestUsage.Terms(Figure.Referrers, Dimension.Referrer),
        TestUsage.Terms(Figure.NewsletterClicks, Dimension.Country), TestUsage.Terms(Figure.OrderConversions, Dimension.PageGroup), TestUsage.Terms(Figure.OrderConversions),
    ];

    private readonly TestUsage _usage = new();

    public void Dispose() => _usage.Dispose();

    [Fact]
    public async Task Count_RandomEvents_IsWhatASecondOpinionCounts()
    {
        foreach (var seed in Enumerable.Range(0, 12))
        {
            var random = new Random(seed);
            string One(params string[] values) => values[random.Next(values.Length)];
            var events = Enumerable.Range(0, random.Next(400)).Select(_ => new UsageEvent(
                $"v{random.Next(10)}", $"visit-{random.Next(4)}", TestUsage.March.From.AddMinutes(random.Next(-4000, 50_000)), One("page_view", "newsletter_click", "order"),
                One("home", "catalogue", "product", "careers"), One("GB", "IE", "NZ"), One("search", "direct", "intranet"))).ToArray();
            _usage.Execute("DELETE FROM events");
            _usage.Put(events);
            foreach (var figure in s_figures)
            {
                var counted = (await _usage.CountAsync(figure)).Select(c => c.ToString()).Order(StringComparer.Ordinal);
                counted.ShouldBe(Oracle(figure, events).Select(c => c.ToString()).Order(StringComparer.Ordinal), $"{figure}, seed {seed}");
            }
        }
    }

    [Fact]
    public async Task Count_OneBusyVisitor_AddsABoundedAmountToBoundedManyCells()
    {
        _usage.Put(Enumerable.Range(0, 300).Select(i => new UsageEvent(
            "busy", $"visit-{i}", TestUsage.March.From.AddMinutes(i), "page_view", new[] { "home", "catalogue", "product" }[i % 3], "GB", "search")));

        var cells = await _usage.CountAsync(TestUsage.Terms(Figure.PageViews, Dimension.PageGroup));

        cells.Length.ShouldBe(2);
        cells.ShouldAllBe(c => c.Visitors == 1 && c.Count == 10);
    }

    [Fact]
    public async Task Count_FirstAndLastInstant_AreOfThePeriodThatTheyLieIn()
    {
        _usage.Execute("""
            INSERT INTO events VALUES ('a', 'a', '2026-02-28T23:59:59.999Z', 'page_view', 'home', 'GB', 'search'), ('b', 'b', '2026-03-01T00:00:00Z', 'page_view', 'home', 'GB', 'search'),
                ('c', 'c', '2026-03-01T00:00:00.000Z', 'page_view', 'home', 'GB', 'search'), ('d', 'd', '2026-03-31T23:59:59Z', 'page_view', 'home', 'GB', 'search'),
                ('e', 'e', '2026-04-01T00:00:00Z', 'page_view', 'home', 'GB', 'search')
            """);

        (await _usage.CountAsync(TestUsage.Terms(Figure.Visitors))).ShouldHaveSingleItem().Visitors.ShouldBe(3);
        (await _usage.CountAsync(TestUsage.Terms(Figure.Visitors), StatisticsPeriod.OfMonth(2025, 1))).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("NULL, 'v', '2026-03-02T10:00:00Z'")]
    [InlineData("'', 'v', '2026-03-02T10:00:00Z'")]
    [InlineData("'a', NULL, '2026-03-02T10:00:00Z'")]
    [InlineData("'a', 'v', '2026-03-02 10:00:00'")]
    public async Task Count_EventThatCannotBeCounted_IsNoAnswer(string values)
    {
        _usage.Execute($"INSERT INTO events VALUES ({values}, 'page_view', 'home', 'GB', 'search')");

        (await Should.ThrowAsync<SourceException>(() => _usage.CountAsync(TestUsage.Terms(Figure.PageViews)))).Message.ShouldContain("sharing_usage_events");
    }

    [Theory]
    [InlineData("DROP VIEW sharing_usage_events", "no such table")]
    [InlineData("DROP VIEW sharing_usage_events; CREATE VIEW sharing_usage_events AS SELECT visitor, visit, at, kind, page_group, referrer FROM events", "no such column: country")]
    [InlineData("CREATE VIEW sharing_charges AS SELECT 1 AS amount", "view 'sharing_charges'")]
    [InlineData("CREATE TABLE links (visitor TEXT, subject_id TEXT)", "column 'subject_id' of 'links'")]
    [InlineData("CREATE TABLE links (visitor TEXT, Customer TEXT)", "column 'Customer' of 'links'")]
    [InlineData("CREATE TABLE links (visitor TEXT, payment_id TEXT)", "column 'payment_id' of 'links'")]
    [InlineData("CREATE TABLE links (visitor TEXT, phone_number TEXT)", "column 'phone_number' of 'links'")]
    public void Prepare_SourceThatIsNotAlone_NamesWhatIsWrong(string sql, string named)
    {
        _usage.Execute(sql);

        Should.Throw<SourceException>(() => _usage.Source.Prepare(TestUsage.Terms(Figure.PageViews, Dimension.Country), TestUsage.Lists)).Message.ShouldContain(named);
    }

    [Fact]
    public async Task Count_SourceThatIsReplacedByOneWithCustomers_IsNoAnswer()
    {
        var reader = _usage.Source.Prepare(TestUsage.Terms(Figure.Visitors), TestUsage.Lists);
        _usage.Execute("CREATE TABLE people (customer_id TEXT); DROP VIEW sharing_usage_events; CREATE VIEW sharing_usage_events AS SELECT customer_id AS visitor, 'v' AS visit, 'a' AS at, 'k' AS kind FROM people");

        await Should.ThrowAsync<SourceException>(() => reader.CountAsync(TestUsage.March, TestContext.Current.CancellationToken).AsTask());
    }

    [Theory]
    [InlineData("SELECT x FROM other")]
    [InlineData("SELECT visitor FROM events")]
    [InlineData("SELECT sql FROM sqlite_schema")]
    [InlineData("PRAGMA table_info(events)")]
    [InlineData("ATTACH 'x.db' AS x")]
    [InlineData("DELETE FROM events")]
    [InlineData("CREATE TEMP TABLE t (x)")]
    public void Connection_OnceTaken_ReadsItsViewAndNothingElse(string sql)
    {
        _usage.Execute("CREATE TABLE other (x TEXT)");
        using var pool = new SourcePool(_usage.ConnectionString, 1, TimeProvider.System, new UsageGuard([]).Take);
        using var connection = pool.Open();

        using (new Statement(connection, "SELECT visitor FROM sharing_usage_events", "sharing_usage_events"))
        {
            Should.Throw<SourceException>(() => new Statement(connection, sql, "x").Dispose());
        }
    }

    [Fact]
    public async Task Count_Cancelled_EndsEarly()
    {
        Fill(50_000);
        using var cancelled = new CancellationTokenSource();
        var reader = _usage.Source.Prepare(TestUsage.Terms(Figure.PageViews, Dimension.Country), TestUsage.Lists);
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => reader.CountAsync(TestUsage.March, cancelled.Token).AsTask());
    }

    /// <summary>GATEWAY_USAGE_EVENTS=1000000 measures at that size instead of 20,000 events.</summary>
    [Fact]
    public async Task Count_ManyEvents_TellsHowLongItTakes()
    {
        var events = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_USAGE_EVENTS") ?? "20000", CultureInfo.InvariantCulture);
        Fill(events);
        foreach (var figure in s_figures)
        {
            var watch = Stopwatch.StartNew();
            var cells = await _usage.CountAsync(figure);
            output.WriteLine(FormattableString.Invariant($"{events} events, {figure}: {cells.Length} cells in {watch.ElapsedMilliseconds} ms"));
        }

        (await _usage.CountAsync(TestUsage.Terms(Figure.Visitors))).Single().Visitors.ShouldBeGreaterThan(100);
    }

    private void Fill(int events) => _usage.Execute(string.Create(CultureInfo.InvariantCulture, $"""
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {events})
        INSERT INTO events SELECT 'v' || (i * 7919 % ({events} / 8 + 1)), 'v' || (i * 7919 % ({events} / 8 + 1)) || '-' || (i % 3),
            strftime('%Y-%m-%dT%H:%M:%SZ', 1772323200 + (i * 104729 % 2678400), 'unixepoch'),
            CASE WHEN i % 20 = 0 THEN 'order' WHEN i % 11 = 0 THEN 'newsletter_click' ELSE 'page_view' END,
            CASE i % 4 WHEN 0 THEN 'home' WHEN 1 THEN 'catalogue' WHEN 2 THEN 'product' ELSE 'careers' END,
            CASE i % 5 WHEN 0 THEN 'IE' WHEN 1 THEN 'DE' ELSE 'GB' END, CASE i % 2 WHEN 0 THEN 'search' ELSE 'direct' END
        FROM n
        """));

    // Counted by hand: what each visitor did in each cell, the cells where it was most, as much as one visitor may add.
    private static IEnumerable<CellCount> Oracle(FigureTerms figure, IEnumerable<UsageEvent> events)
    {
        string Of(UsageEvent e, Dimension d) => !figure.By.Contains(d) ? "" : d switch
        {
            Dimension.Country => e.Country,
            Dimension.PageGroup => e.PageGroup,
            _ => e.Referrer,
        };
        var counted = events.Where(e => e.Kind == figure.Menu.Kind && e.At >= TestUsage.March.From && e.At < TestUsage.March.Until)
            .GroupBy(e => (e.Visitor, Cell: figure.By.All(d => TestUsage.Lists.Of(d).Contains(Of(e, d), StringComparer.Ordinal)) ? new Cell(Of(e, Dimension.Country), Of(e, Dimension.PageGroup), Of(e, Dimension.Referrer)) : null))
            .Select(g => (g.Key.Visitor, g.Key.Cell, Count: figure.Menu.Measure switch
            {
                Measure.Visitors => 1,
                Measure.Events => Math.Min(g.Count(), figure.Menu.CountsPerVisitor),
                _ => Math.Min(g.Select(e => e.Visit).Distinct(StringComparer.Ordinal).Count(), figure.Menu.CountsPerVisitor),
            }));
        // Where it did equally much: by name, what is outside the lists first, as NULL sorts.
        return counted.GroupBy(c => c.Visitor, StringComparer.Ordinal)
            .SelectMany(v => v.OrderByDescending(c => c.Count).ThenBy(c => c.Cell?.ToString() ?? "", StringComparer.Ordinal).Take(figure.CellsPerVisitor))
            .GroupBy(c => c.Cell).Select(g => new CellCount(g.Key, g.Count(), g.Sum(c => c.Count)));
    }
}
