using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Tests.Log.Verification;

public sealed class GapTests
{
    private static readonly TreeRange s_lost = new(300, 310);

    [Theory]
    [InlineData(LogGap.DeclareLoss, false)]
    [InlineData(LogGap.Archive, true)]
    public async Task Entries_MissingAndDeclared_AreToldAndNoFault(string action, bool archived)
    {
        var report = await Without(s_lost, new Entry.Types.Administration { Action = action, Target = LogGap.Target(s_lost) });

        report.IsWhole.ShouldBeTrue();
        report.Gaps.ShouldHaveSingleItem().ShouldBe(new LogGap(s_lost, archived, 599));
        report.Verified.ShouldBe(590);
    }

    [Theory]
    [InlineData("300-304", 305)]
    [InlineData("301-309", 300)]
    [InlineData("600-609", 300)]
    [InlineData("no range", 300)]
    public async Task Entries_MissingAndNotAllDeclared_AreAFault(string target, long first)
    {
        var report = await Without(s_lost, new Entry.Types.Administration { Action = LogGap.DeclareLoss, Target = target });

        report.Integrity.Holds.ShouldBeTrue();
        report.Completeness.FirstBad.ShouldBe(first);
    }

    [Fact]
    public async Task Tiles_PrunedFromTheFront_AreCarriedByTheLevelAbove()
    {
        var pruned = new TreeRange(0, 512);
        var log = SignedLog.Of(600, last: new Entry.Types.Administration { Action = LogGap.Archive, Target = LogGap.Target(pruned) });
        log = log.With([.. new long[] { 0, 1 }.SelectMany(n => new[] { (TiledResource.Tile(0, n), (byte[]?)null), (TiledResource.Entries(n), null) })]);

        var report = await log.VerifyAsync();

        report.Integrity.Holds.ShouldBeTrue();
        report.Gaps.ShouldHaveSingleItem().Entries.ShouldBe(pruned);
        report.Verified.ShouldBe(88);
        report.Completeness.Holds.ShouldBeTrue();
    }

    [Fact]
    public async Task Entries_BehindTheCheckpoint_AreToldAsNotSignedYet()
    {
        var log = SignedLog.Of(300);

        var report = await new LogVerification(log, new LogTrust(log.Signer.Verifier)) { Head = 307 }.VerifyAsync(TestContext.Current.CancellationToken);
        var cut = await new LogVerification(log, new LogTrust(log.Signer.Verifier)) { Head = 299 }.VerifyAsync(TestContext.Current.CancellationToken);

        report.NotSignedYet.ShouldBe(7);
        report.IsWhole.ShouldBeTrue();
        cut.Completeness.FirstBad.ShouldBe(299);
    }

    private static async Task<LogReport> Without(TreeRange range, Entry.Types.Administration act)
    {
        var log = SignedLog.Of(600, last: act);
        return await log.WithEntries([.. log.Entries.Select((e, i) => i >= range.Start && i < range.End ? [] : e)]).VerifyAsync();
    }
}
