using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;
using Gateway.Stores.Sqlite.Statistics;

namespace Gateway.Stores.Tests.Usage;

public sealed class SqliteKeptTablesTests : IDisposable
{
    private static readonly StatisticsPeriod s_march = StatisticsPeriod.OfMonth(2026, 3)!.Value;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Keep_Twice_GivesTheFirst_AlsoAfterAnotherOpening()
    {
        using (var tables = new SqliteKeptTables(_folder["statistics.db"]))
        {
            tables.Keep("prism", Figure.Visitors, new KeptTable(s_march, new byte[] { 1 })).Table.ToArray().ShouldBe([1]);
            tables.Keep("prism", Figure.Visitors, new KeptTable(s_march, new byte[] { 2 })).Table.ToArray().ShouldBe([1]);
        }

        using var again = new SqliteKeptTables(_folder["statistics.db"]);
        again.Keep("prism", Figure.Visitors, new KeptTable(s_march, new byte[] { 3 })).Table.ToArray().ShouldBe([1]);
    }

    [Fact]
    public void Overlapping_FindsWhatSharesADayAndNothingElse()
    {
        using var tables = new SqliteKeptTables(_folder["statistics.db"]);
        tables.Keep("prism", Figure.Visitors, new KeptTable(s_march, new byte[] { 1 }));
        IEnumerable<string> Found(string partner, Figure figure, StatisticsPeriod? period) => tables.Overlapping(partner, figure, period!.Value).Select(t => t.Period.ToString());

        Found("prism", Figure.Visitors, s_march).ShouldBe(["2026-03"]);
        Found("prism", Figure.Visitors, StatisticsPeriod.OfWeek(2026, 14)).ShouldBe(["2026-03"], "Monday 30 and Tuesday 31 March");
        Found("prism", Figure.Visitors, StatisticsPeriod.OfWeek(2026, 15)).ShouldBeEmpty();
        Found("prism", Figure.Visitors, StatisticsPeriod.OfMonth(2026, 4)).ShouldBeEmpty();
        Found("prism", Figure.Visitors, StatisticsPeriod.OfMonth(2026, 2)).ShouldBeEmpty();
        Found("prism", Figure.PageViews, s_march).ShouldBeEmpty();
        Found("lens", Figure.Visitors, s_march).ShouldBeEmpty();
    }

    [Fact]
    public void File_IsForTheGatewaysUserAlone_AndItsLossIsAnError()
    {
        using var tables = new SqliteKeptTables(_folder["statistics.db"]);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(_folder["statistics.db"]).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        Should.Throw<StoreException>(() => new SqliteKeptTables(_folder["statistics.db"])).InUse.ShouldBeTrue();
        File.Delete(_folder["statistics.db"]);
        Should.Throw<SourceException>(() => tables.Overlapping("prism", Figure.Visitors, s_march));
        Should.Throw<SourceException>(() => tables.Keep("prism", Figure.Visitors, new KeptTable(s_march, new byte[] { 1 })));
    }
}
