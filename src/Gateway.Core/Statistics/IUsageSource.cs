using Gateway.Core.Sources;

namespace Gateway.Core.Statistics;

/// <summary>
/// Where usage events are: one view, in a database that knows no customer. A process boundary. What comes out of it is counted already:
/// no visitor leaves it.
/// </summary>
public interface IUsageSource
{
    /// <summary>Compiles what one figure needs.</summary>
    /// <exception cref="SourceException">The source lacks it, or can see what is none of its business.</exception>
    IUsageReader Prepare(FigureTerms figure, StatisticsLists lists);
}

/// <summary>Counts one figure. Safe for concurrent use.</summary>
public interface IUsageReader
{
    /// <summary>
    /// Each cell that anybody is in. One visitor is in at most <see cref="FigureTerms.CellsPerVisitor"/> of them, and adds at most
    /// <see cref="MenuFigure.CountsPerVisitor"/> to each.
    /// </summary>
    /// <exception cref="SourceException">The source cannot answer.</exception>
    ValueTask<IReadOnlyList<CellCount>> CountAsync(StatisticsPeriod period, CancellationToken cancellationToken);
}

/// <summary>One cell of a breakdown; a dimension that is no part of it is empty.</summary>
public sealed record Cell(string Country, string PageGroup, string Referrer)
{
    /// <summary>The one cell of a figure without a breakdown.</summary>
    public static Cell All { get; } = new("", "", "");

    /// <summary>Unambiguous: no name holds a slash.</summary>
    public override string ToString() => $"{Country}/{PageGroup}/{Referrer}";
}

/// <summary>What is truly in a cell: never published as it is.</summary>
/// <param name="Cell">Which; null for all that is outside the policy's lists, which never has a row.</param>
/// <param name="Visitors">Distinct visitors.</param>
/// <param name="Count">What is counted.</param>
public sealed record CellCount(Cell? Cell, long Visitors, long Count);
