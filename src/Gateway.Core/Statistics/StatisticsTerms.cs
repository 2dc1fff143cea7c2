using System.Collections.Immutable;
using Gateway.Core.Contracts;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Statistics;

/// <summary>What the policy says of statistics: closed lists, so that no text of a usage event ever reaches a partner.</summary>
/// <param name="MinimumVisitors">Least number of distinct visitors in a cell, 2 to 100,000; a contract can ask for more.</param>
/// <param name="Countries">ISO 3166-1 alpha-2.</param>
/// <param name="PageGroups">Groups of pages, as usage events call them.</param>
/// <param name="Referrers">Groups of domains that visitors come from, as usage events call them.</param>
public sealed record StatisticsLists(
    int MinimumVisitors, ImmutableArray<string> Countries, ImmutableArray<string> PageGroups, ImmutableArray<string> Referrers)
{
    /// <summary>Where neither policy nor contract says.</summary>
    public const int DefaultMinimum = 20;

    /// <summary>Two visitors: fewer are a person.</summary>
    public const int LeastMinimum = 2;

    /// <summary>The strictest that can be asked for.</summary>
    public const int MostMinimum = 100_000;

    /// <summary>The values of a dimension that can have a row.</summary>
    public ImmutableArray<string> Of(Dimension dimension) => dimension switch
    {
        Dimension.Country => Countries,
        Dimension.PageGroup => PageGroups,
        Dimension.Referrer => Referrers,
        _ => [],
    };
}

/// <summary>What a contract lets its partner ask for, compiled. Immutable.</summary>
/// <param name="Purpose">The purpose.</param>
/// <param name="Basis">The legal basis.</param>
/// <param name="Period">Months or weeks: never both, because they overlap.</param>
/// <param name="Figures">The figures granted, each once with its one breakdown.</param>
/// <param name="MinimumVisitors">Least number of distinct visitors in a cell: the stricter of contract and policy.</param>
/// <param name="CallsPerSecond">1 to 1,000,000; null for no limit.</param>
/// <param name="Lists">The policy's.</param>
public sealed record StatisticsTerms(
    Purpose Purpose,
    LegalBasis Basis,
    PeriodKind Period,
    ImmutableArray<FigureTerms> Figures,
    int MinimumVisitors,
    int? CallsPerSecond,
    StatisticsLists Lists)
{
    /// <summary>The terms of a figure; null where the contract does not grant it.</summary>
    public FigureTerms? Find(Figure figure) => Figures.FirstOrDefault(f => f.Menu.Figure == figure);

    /// <summary>A figure as scopes tell it, in place of a record's path: <c>visitors by country, months</c>.</summary>
    public string TextOf(FigureTerms figure) => $"{figure}, {(Period == PeriodKind.Month ? "months" : "weeks")}";
}

/// <summary>One granted figure.</summary>
/// <param name="Menu">Which.</param>
/// <param name="By">Its breakdown, in the order of <see cref="Dimension"/>; empty for one number.</param>
public sealed record FigureTerms(MenuFigure Menu, ImmutableArray<Dimension> By)
{
    /// <summary>
    /// In so many cells of a table one visitor counts, at most: those in which the visitor did most. A visitor is in one country, but looks at
    /// several groups of pages.
    /// </summary>
    public int CellsPerVisitor => By.Any(d => d != Dimension.Country) ? 2 : 1;

    /// <summary>The fideslang categories that the figure and its breakdown are made from.</summary>
    public ImmutableArray<string> Categories => By.Contains(Dimension.Country) ? [Menu.Category, Statistics.Menu.CountryCategory] : [Menu.Category];

    /// <summary><c>page_views by country, page_group</c>; <c>visitors</c>.</summary>
    public override string ToString() => By.IsEmpty ? Menu.Name : $"{Menu.Name} by {string.Join(", ", By.Select(Statistics.Menu.NameOf))}";
}
