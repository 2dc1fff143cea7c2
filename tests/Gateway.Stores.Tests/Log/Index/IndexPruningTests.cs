using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Stores.Tests.Log.Index;

public sealed class IndexPruningTests
{
    private static readonly DateTimeOffset s_start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prune_MoreThanASegment_ForgetsWhatIsBelowAndNothingElse()
    {
        const int entries = (2 << IndexSchema.SegmentBits) + 500;
        const int minimum = (1 << IndexSchema.SegmentBits) + 300;
        using var open = new OpenIndex();
        await new BusyLog(entries).AppendToAsync(open.Log);
        await open.Index.CatchUpAsync(Cancellation);
        var filter = new LogFilter { Partner = "partner-03" };
        var before = await AllAsync(open, filter);

        await open.Index.PruneAsync(minimum, Cancellation);

        (await AllAsync(open, filter)).ShouldBe(before.Where(i => i >= minimum));
        (await AllAsync(open, new LogFilter())).Count.ShouldBe(entries - minimum);
        open.Count("entry").ShouldBe(entries - minimum);
        open.Count("posting WHERE id < " + minimum).ShouldBe(0);
        open.Count("segment").ShouldBe(2);
        open.Count("shape WHERE id NOT IN (SELECT shape FROM entry)").ShouldBe(0);
        open.Count("scope").ShouldBe(open.Count("(SELECT DISTINCT scope FROM shape WHERE scope > 0)"));
    }

    [Fact]
    public async Task Prune_ThenMoreEntries_GoesOnAlsoAfterARestart()
    {
        using var open = new OpenIndex();
        var sample = new SampleEntries(s_start);
        await sample.AppendAsync(open.Log, 50);
        await open.Index.CatchUpAsync(Cancellation);
        await open.Index.PruneAsync(40, Cancellation);

        await sample.AppendAsync(open.Log, 10);
        await open.Index.CatchUpAsync(Cancellation);
        open.Reopen();
        await open.Index.CatchUpAsync(Cancellation);

        (await AllAsync(open, new LogFilter())).ShouldBe(Enumerable.Range(40, 20).Reverse().Select(i => (long)i));
    }

    [Fact]
    public async Task Prune_LowerThanBefore_BringsNothingBack()
    {
        using var open = new OpenIndex();
        await new SampleEntries(s_start).AppendAsync(open.Log, 50);
        await open.Index.CatchUpAsync(Cancellation);
        await open.Index.PruneAsync(40, Cancellation);

        await open.Index.PruneAsync(10, Cancellation);

        open.Index.Minimum.ShouldBe(40);
        (await AllAsync(open, new LogFilter())).Count.ShouldBe(10);
    }

    [Fact]
    public async Task Query_LeavesPrunedFromTheLogOnly_AreLeftOut()
    {
        using var open = new OpenIndex();
        await new SampleEntries(s_start).AppendAsync(open.Log, 50);
        await open.Index.CatchUpAsync(Cancellation);
        open.OnLog("DELETE FROM leaf WHERE id < 20 OR id = 33");

        (await AllAsync(open, new LogFilter())).ShouldBe(Enumerable.Range(20, 30).Where(i => i != 33).Reverse().Select(i => (long)i));
        (await open.Index.StreamAsync(new LogFilter(), Cancellation).Select(l => l.Index).ToListAsync(Cancellation)).Count.ShouldBe(29);
    }

    [Fact]
    public async Task Index_LogPrunedWithoutIt_KnowsAtTheNextStart()
    {
        using var open = new OpenIndex();
        await new SampleEntries(s_start).AppendAsync(open.Log, 50);
        await open.Index.CatchUpAsync(Cancellation);
        open.OnLog("DELETE FROM leaf WHERE id < 20");

        open.Reopen();
        await open.Index.CatchUpAsync(Cancellation);

        open.Index.Minimum.ShouldBe(20);
    }

    [Fact]
    public async Task Index_LogPrunedBeforeItWasIndexed_HoldsTheRest()
    {
        using var open = new OpenIndex();
        await new SampleEntries(s_start).AppendAsync(open.Log, 50);
        open.OnLog("DELETE FROM leaf WHERE id < 20");

        await open.Index.CatchUpAsync(Cancellation);

        open.Index.Minimum.ShouldBe(20);
        (await AllAsync(open, new LogFilter())).Count.ShouldBe(30);
    }

    [Fact]
    public async Task Index_GapInTheLog_IsPassedOver()
    {
        using var open = new OpenIndex();
        await new SampleEntries(s_start).AppendAsync(open.Log, 50);
        open.OnLog("DELETE FROM leaf WHERE id BETWEEN 20 AND 29");

        await open.Index.CatchUpAsync(Cancellation);

        (open.Index.Minimum, open.Index.Next).ShouldBe((0, 50));
        (await AllAsync(open, new LogFilter())).Count.ShouldBe(40);
    }

    [Fact]
    public async Task Index_LeavesLostAfterTheyWereIndexed_IsFilledAnewFromTheLog()
    {
        using var open = new OpenIndex();
        var sample = new SampleEntries(s_start);
        await sample.AppendAsync(open.Log, 50);
        await open.Index.CatchUpAsync(Cancellation);
        // The log was put back from a backup of 30 leaves and goes on, by a declared loss, above what was signed.
        open.OnLog("DELETE FROM leaf WHERE id BETWEEN 30 AND 49");
        open.OnLog("INSERT INTO leaf SELECT id + 31, bytes FROM leaf WHERE id BETWEEN 20 AND 29");

        open.Reopen();
        await open.Index.CatchUpAsync(Cancellation);

        (await AllAsync(open, new LogFilter())).Count.ShouldBe(40);
        (await AllAsync(open, new LogFilter { Kind = Kind.Disclosure })).ShouldAllBe(i => i < 30 || i > 50);
    }

    private static async Task<List<long>> AllAsync(OpenIndex open, LogFilter filter) =>
        [.. (await open.Index.QueryAsync(filter, long.MaxValue, int.MaxValue, Cancellation)).Select(l => l.Index)];
}
