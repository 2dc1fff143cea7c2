using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;
using Google.Protobuf;

namespace Gateway.Core.Tests.Statistics;

public sealed class TableFoldingTests
{
    private static readonly FigureTerms s_visitors = Tables.Terms(Figure.Visitors, Dimension.Country);

    [Fact]
    public void Fold_LargeAndSmallCells_PublishesTheLargeOnes()
    {
        var table = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 900), ("IE", 400), ("DE", 3), ("FR", 1), ("", 90)));

        table.Rows.Select(r => r.Country).ShouldBe(["GB", "IE"]);
        table.Rows.ShouldAllBe(r => r.PageGroup.Length == 0 && r.Referrer.Length == 0);
        table.CellsFolded.ShouldBe(3, "DE, FR and NL, where nobody was");
        table.Remainder.Name.ShouldBe("all other cells");
        table.MinimumVisitors.ShouldBe(20);
        table.Rows[0].Count.ShouldBeInRange(860, 940);
        (table.Precision.RoundedTo, table.Precision.CellsPerVisitor, table.Precision.CountsPerVisitor).ShouldBe((10, 1, 1));
        table.Rows.Select(r => r.Count).Append(table.Remainder.Count).ShouldAllBe(c => c % 10 == 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(500)]
    public void Fold_CellBelowTheMinimum_NeverHasARowWhateverTheNoise(int minimum)
    {
        for (var seed = 0; seed < 5000; seed++)
        {
            var table = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 5000), ("IE", minimum - 1)), minimum, seed);
            table.Rows.ShouldAllBe(r => r.Country == "GB");
        }
    }

    [Fact]
    public void Fold_RemainderTooSmall_TakesTheSmallestRowWithIt()
    {
        var table = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 900), ("IE", 400), ("DE", 200), ("FR", 3)));

        table.Rows.Select(r => r.Country).ShouldBe(["GB", "IE"]);
        table.Remainder.Count.ShouldBeInRange(160, 240);
        table.CellsFolded.ShouldBe(3);
    }

    [Fact]
    public void Fold_NothingSmall_StillHasARemainder_SoThatNobodyLearnsThatAnotherHasOne()
    {
        var all = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 900), ("IE", 400), ("DE", 300), ("FR", 280), ("NL", 200)));
        var one = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 900), ("IE", 400), ("DE", 300), ("FR", 280), ("NL", 200), ("", 1)));

        foreach (var table in new[] { all, one })
        {
            table.Rows.Select(r => r.Country).ShouldBe(["DE", "FR", "GB", "IE"]);
            table.Remainder.ShouldNotBeNull();
            table.CellsFolded.ShouldBe(1);
        }
    }

    [Fact]
    public void Fold_OnlyOneCellIsLargeEnough_IsToldAsTheRemainderOnly()
    {
        var table = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 900), ("IE", 5)));

        table.Rows.ShouldBeEmpty();
        table.Remainder.Count.ShouldBeInRange(850, 950);
        table.CellsFolded.ShouldBe(5);
    }

    [Fact]
    public void Fold_EvenTogetherTooFew_PublishesNothing()
    {
        for (var seed = 0; seed < 2000; seed++)
        {
            var table = Tables.Fold(s_visitors, Tables.ByCountry(("GB", 12), ("IE", 5), ("", 2)), seed: seed);
            table.Rows.ShouldBeEmpty();
            table.Remainder.ShouldBeNull();
        }
    }

    [Fact]
    public void Fold_VisitorsInSeveralCells_AreNotCountedTwiceForTheMinimum()
    {
        // Thirteen visitors in two cells each: twenty-six in sum, too few in truth.
        var figure = Tables.Terms(Figure.Visitors, Dimension.PageGroup);
        var cells = new[] { "basket", "help" }.Select(p => new CellCount(new Cell("", p, ""), 13, 13)).ToArray();
        for (var seed = 0; seed < 5000; seed++)
        {
            Tables.Fold(figure, cells, seed: seed).Remainder.ShouldBeNull();
        }
    }

    [Fact]
    public void Fold_WithoutBreakdown_IsOneNumberOrNone()
    {
        var figure = Tables.Terms(Figure.OrderConversions);

        var many = Tables.Fold(figure, [new CellCount(Cell.All, 400, 520)]);
        many.Rows.ShouldHaveSingleItem().Count.ShouldBeInRange(480, 560);
        (many.Remainder, many.CellsFolded).ShouldBe((null, 0));
        var few = Tables.Fold(figure, [new CellCount(Cell.All, 19, 57)]);
        few.Rows.ShouldBeEmpty();
        (few.Remainder, few.CellsFolded).ShouldBe((null, 1));
        Tables.Fold(figure, []).Rows.ShouldBeEmpty();
    }

    [Fact]
    public void Fold_ACellOutsideTheLists_IsAFault() =>
        Should.Throw<InvalidOperationException>(() => Tables.Fold(s_visitors, Tables.ByCountry(("XX", 900))));

    [Fact]
    public void Fold_TheSameTable_IsTheSameAnswerByteForByte()
    {
        var cells = Tables.ByCountry(("GB", 900), ("IE", 400), ("DE", 31), ("", 7));

        Tables.Fold(s_visitors, cells).ToByteArray().ShouldBe(Tables.Fold(s_visitors, [.. cells.Reverse()]).ToByteArray());
    }

    [Fact]
    public void Fold_AnotherPartnerPeriodKeyOrVisitor_HasUnrelatedNoise()
    {
        var figure = Tables.Terms(Figure.PageViews, Dimension.Country);
        CellCount[] cells = [.. Tables.ByCountry(("GB", 900), ("IE", 800), ("DE", 700), ("FR", 600), ("NL", 500), ("", 100)).Select(c => c with { Count = c.Visitors * 5 })];
        CellCount[] without = [cells[0] with { Visitors = 899, Count = 4497 }, .. cells[1..]];
        long[] Counts(GetStatisticsResponse table) => [.. table.Rows.Select(r => r.Count)];
        var first = Counts(Tables.Fold(figure, cells));

        Counts(Tables.Fold(figure, cells, partner: "lens-statistics")).ShouldNotBe(first);
        Counts(Tables.Fold(figure, cells, seed: 2)).ShouldNotBe(first);
        Counts(Tables.Fold(figure, without))[1..].ShouldNotBe(first[1..], "else the cells that stay equal would tell that one visitor is missing");
        Counts(TableFolding.Fold(figure, Tables.Lists, "prism-statistics", StatisticsPeriod.OfMonth(2026, 4)!.Value, 20, cells, Tables.Key(1))).ShouldNotBe(first);
    }

    [Fact]
    public void Noise_HasTheDeviationThatIsTold()
    {
        var noise = new TableNoise(Tables.Key(7), "prism-statistics", s_visitors, Tables.March, []);
        foreach (var scale in new[] { 1.0, 2, 20 })
        {
            var drawn = Enumerable.Range(0, 40_000).Select(i => (double)noise.Draw($"n{i}", scale)).ToArray();
            drawn.Average().ShouldBe(0, 0.05 * scale);
            Math.Sqrt(drawn.Average(d => d * d)).ShouldBe(TableNoise.Deviation(scale), 0.05 * scale);
        }
    }
}
