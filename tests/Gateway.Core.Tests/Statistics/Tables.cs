using System.Collections.Immutable;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Tests.Statistics;

/// <summary>Figures, lists and cells of tests.</summary>
internal static class Tables
{
    public static StatisticsLists Lists { get; } = new(
        20, ["DE", "FR", "GB", "IE", "NL"], ["basket", "catalogue", "help", "home", "product"], ["direct", "search", "social"]);

    public static StatisticsPeriod March { get; } = StatisticsPeriod.OfMonth(2026, 3)!.Value;

    public static FigureTerms Terms(Figure figure, params ImmutableArray<Dimension> by) => new(Menu.All.Single(m => m.Figure == figure), by);

    public static byte[] Key(int seed)
    {
        var key = new byte[32];
        BitConverter.TryWriteBytes(key, seed);
        return key;
    }

    /// <summary>Visitors of countries, each with one count.</summary>
    public static CellCount[] ByCountry(params (string Country, int Visitors)[] cells) =>
        [.. cells.Select(c => new CellCount(c.Country.Length == 0 ? null : new Cell(c.Country, "", ""), c.Visitors, c.Visitors))];

    public static GetStatisticsResponse Fold(FigureTerms figure, IReadOnlyCollection<CellCount> cells, int minimum = 20, int seed = 1, string partner = "prism-statistics") =>
        TableFolding.Fold(figure, Lists, partner, March, minimum, cells, Key(seed));
}
