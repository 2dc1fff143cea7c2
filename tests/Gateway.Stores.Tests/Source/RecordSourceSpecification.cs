using Gateway.Core.Sources;
using Gateway.Protos.Test.V1;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Source;

/// <summary>What every record source does, whatever its engine: routing, windows, paging, departures. Values are each engine's own.</summary>
public abstract partial class RecordSourceSpecification : IDisposable
{
    public const string Partner = "northgate-warehouse";

    public static readonly DateTimeOffset Now = new(2026, 3, 14, 12, 0, 0, 500, TimeSpan.Zero);

    protected abstract TestShop Shop { get; }

    protected abstract IRecordSource Source { get; }

    protected FakeTimeProvider Clock { get; } = new(Now);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private IGrantReader Reader(TimeSpan? window = null, TimeSpan? maxOpen = null) =>
        Source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string").With(window, maxOpen));

    private static async Task<Everything?> GetAsync(IGrantReader reader, string key) =>
        (Everything?)(await reader.GetAsync(TestGrants.Everything.Key, key, Now, Token))?.Record;

    [Fact]
    public async Task Get_OwnOpenRecord_IsGivenWithKeySubjectAndChange()
    {
        Shop.Put(new TestRow("A-1") { SubjectId = "s-7", Columns = [("a_string", "x")] });

        var row = await Reader().GetAsync(TestGrants.Everything.Key, "A-1", Now, Token);

        row.ShouldNotBeNull();
        (row.Key, row.SubjectId, row.UpdatedAt).ShouldBe(("A-1", "s-7", Now.AddHours(-1)));
        row.Record.ShouldBe(new Everything { AString = "x" });
    }

    [Fact]
    public async Task Get_UnknownForeignAndLapsed_AreTheSameNothing()
    {
        Shop.Put(new TestRow("foreign") { Recipient = "southgate-warehouse" });
        Shop.Put(new TestRow("nobodys") { Recipient = null });
        Shop.Put(new TestRow("cased") { Recipient = "Northgate-Warehouse" });
        Shop.Put(new TestRow("lapsed") { ClosedAt = Now.AddDays(-31) });
        Shop.Put(new TestRow("never-closed") { OpenedAt = Now.AddDays(-91) });
        var reader = Reader();

        foreach (var key in (string[])["unknown", "foreign", "nobodys", "cased", "lapsed", "never-closed", "", "a'b", "\0"])
        {
            (await GetAsync(reader, key)).ShouldBeNull(key);
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task Window_AtItsEnd_IsExactToTheMillisecond(int milliseconds, bool available)
    {
        var window = TimeSpan.FromDays(30);
        foreach (var end in (DateTimeOffset[])[Now, Now.AddMilliseconds(-500), Now.AddMilliseconds(-501)])
        {
            Shop.Put(new TestRow("A-1") { ClosedAt = end - window });
            var at = end.AddMilliseconds(milliseconds);

            (await Reader(window).GetAsync(TestGrants.Everything.Key, "A-1", at, Token) is not null).ShouldBe(available);
            (await Reader(window).GetAsync(TestGrants.Everything.Key, "A-1", at.AddTicks(9999), Token) is not null).ShouldBe(available);
        }
    }

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public async Task MaxOpen_AtItsEnd_IsExactToTheMillisecond(int milliseconds, bool available)
    {
        var maxOpen = TimeSpan.FromDays(90);
        foreach (var end in (DateTimeOffset[])[Now, Now.AddMilliseconds(-500), Now.AddMilliseconds(-501)])
        {
            Shop.Put(new TestRow("A-1") { OpenedAt = end - maxOpen });

            var row = await Reader(maxOpen: maxOpen).GetAsync(TestGrants.Everything.Key, "A-1", end.AddMilliseconds(milliseconds), Token);

            (row is not null).ShouldBe(available);
        }
    }

    [Fact]
    public async Task Window_Zero_MeansOpenRecordsOnly()
    {
        Shop.Put(new TestRow("open"));
        Shop.Put(new TestRow("closed") { ClosedAt = Now.AddMilliseconds(-1) });
        Shop.Put(new TestRow("closes-later") { ClosedAt = Now.AddDays(1) });
        var reader = Reader(window: TimeSpan.Zero);

        (await reader.ListAsync(Cursor.Start, 10, Now, Token)).Select(r => r.Key).ShouldBe(["open"]);
    }

    [Fact]
    public async Task Windows_LongerThanTime_DoNotOverflow()
    {
        Shop.Put(new TestRow("open") { OpenedAt = DateTimeOffset.UnixEpoch });
        Shop.Put(new TestRow("closed") { ClosedAt = DateTimeOffset.UnixEpoch });

        (await Reader(TimeSpan.MaxValue, TimeSpan.MaxValue).ListAsync(Cursor.Start, 10, Now, Token)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Get_AlternateKeyOfSeveral_GivesTheAvailableOneChangedLast()
    {
        Shop.Put(new TestRow("A-1") { UpdatedAt = Now.AddMinutes(-2), Columns = [("other_id", "o")] });
        Shop.Put(new TestRow("A-2") { UpdatedAt = Now.AddMinutes(-1), Columns = [("other_id", "o")] });
        Shop.Put(new TestRow("A-3") { UpdatedAt = Now, Recipient = "southgate-warehouse", Columns = [("other_id", "o")] });

        var row = await Reader().GetAsync(TestGrants.Everything.AlternateKeys[0], "o", Now, Token);

        row!.Key.ShouldBe("A-2");
        ((Everything)row.Record).OtherId.ShouldBeEmpty();
    }

    [Fact]
    public async Task BatchGet_ManyKeys_GivesAvailableOnesInTheOrderAskedForEachOnce()
    {
        Shop.Put(new TestRow("A-1") { Columns = [("a_string", "one")] });
        Shop.Put(new TestRow("A-2") { Columns = [("a_string", "two")] });
        Shop.Put(new TestRow("日本\"") { Columns = [("a_string", "three")] });
        Shop.Put(new TestRow("foreign") { Recipient = "southgate-warehouse" });

        var rows = await Reader().BatchGetAsync(["A-2", "foreign", "日本\"", "A-1", "A-2", "unknown", "\0"], Now, Token);

        rows.Select(r => ((Everything)r.Record).AString).ShouldBe(["two", "three", "one"]);
        (await Reader().BatchGetAsync([], Now, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Children_OfOneAndOfMany_AreInOrderAndTheirOwnParents()
    {
        Shop.Put(new TestRow("A-1") { UpdatedAt = Now.AddMinutes(-2) });
        Shop.Put(new TestRow("A-2") { UpdatedAt = Now.AddMinutes(-1) });
        Shop.PutChild("everything_items", "A-1", 2, ("sku", "second"), ("quantity", 2));
        Shop.PutChild("everything_items", "A-1", 1, ("sku", "first"), ("quantity", 1));
        Shop.PutChild("everything_items", "A-2", 1, ("sku", "other"), ("inner_note", "n"));
        Shop.PutChild("everything_outer_parts", "A-2", 1, ("sku", "part"));
        Shop.PutChild("everything_items", "A-3", 1, ("sku", "nobody's"));
        var reader = Source.Prepare(TestGrants.Of(TestGrants.Everything, "items.sku", "items.inner.note", "outer.parts.sku"));
        var one = new Everything { Items = { new Everything.Types.Item { Sku = "first" }, new Everything.Types.Item { Sku = "second" } } };
        var two = new Everything
        {
            Items = { new Everything.Types.Item { Sku = "other", Inner = new Everything.Types.Inner { Note = "n" } } },
            Outer = new Everything.Types.Outer { Parts = { new Everything.Types.Item { Sku = "part" } } },
        };

        (await GetAsync(reader, "A-1")).ShouldBe(one);
        (await GetAsync(reader, "A-2")).ShouldBe(two);
        (await reader.BatchGetAsync(["A-2", "A-1"], Now, Token)).Select(r => r.Record).ShouldBe([two, one]);
        (await reader.ListAsync(Cursor.Start, 10, Now, Token)).Select(r => r.Record).ShouldBe([one, two]);
    }

    [Fact]
    public async Task DroppedColumn_ThatNobodyIsGranted_ChangesNothing()
    {
        Shop.Put(new TestRow("A-1") { Columns = [("a_string", "x")] });
        Shop.DropColumn("a_price");
        Shop.DropColumn("other_id");

        (await GetAsync(Reader(), "A-1")).ShouldBe(new Everything { AString = "x" });
    }

    [Fact]
    public async Task DroppedColumn_ThatIsGranted_FailsAtPreparationAndInService()
    {
        Shop.Put(new TestRow("A-1") { Columns = [("a_string", "x")] });
        var reader = Reader();
        (await GetAsync(reader, "A-1")).ShouldNotBeNull();
        Shop.DropColumn("a_string");

        await Should.ThrowAsync<SourceException>(() => GetAsync(reader, "A-1"));
        Should.Throw<SourceException>(() => Reader()).Message.ShouldContain("a_string");
    }

    [Fact]
    public async Task Source_GoneAndBack_FailsThenRecovers()
    {
        Shop.Put(new TestRow("A-1"));
        var reader = Reader();
        (await GetAsync(reader, "A-1")).ShouldNotBeNull();

        Shop.Remove();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<SourceException>(() => GetAsync(reader, "A-1"));
        Should.Throw<SourceException>(() => Reader());

        Shop.Restore();
        (await GetAsync(reader, "A-1")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Cancelled_Call_IsNotAnswered()
    {
        Shop.Put(new TestRow("A-1"));
        var reader = Reader();

        await Should.ThrowAsync<OperationCanceledException>(
            async () => await reader.ListAsync(Cursor.Start, 10, Now, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Readers_WhileAWriterWrites_SeeWholeRecordsOnly()
    {
        Shop.Put(new TestRow("A-1") { Columns = [("a_string", "0"), ("choice_text", "0")] });
        var reader = Source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string", "choice_text"));
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 16).Select(_ => Task.Run(
            async () =>
            {
                var reads = 0;
                while (!done.IsCancellationRequested || reads == 0)
                {
                    var record = await GetAsync(reader, "A-1");
                    record!.ChoiceText.ShouldBe(record.AString);
                    reads++;
                }
            },
            Token)).ToArray();

        for (var i = 1; i <= 40; i++)
        {
            Shop.Put(new TestRow("A-1") { Columns = [("a_string", $"{i}"), ("choice_text", $"{i}")] });
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        (await GetAsync(reader, "A-1"))!.AString.ShouldBe("40");
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        (Source as IDisposable)?.Dispose();
        Shop.Dispose();
    }
}
