using System.Collections.Immutable;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Statistics;

/// <summary>
/// True cells → a table that may leave. Three things hold for whatever is published:
/// each row, and the remainder, has at least the minimum of distinct visitors, truly and not only with noise;
/// which cells have a row, and every number, depends on noise that nobody outside knows, so that one visitor more or less is never certain;
/// the cells are those of closed lists, empty ones among them, so that neither a row's name nor their number tells that somebody was there.
/// </summary>
public static class TableFolding
{
    /// <summary>What the remainder is called.</summary>
    public const string RemainderName = "all other cells";

    /// <param name="figure">The figure.</param>
    /// <param name="lists">The policy's lists.</param>
    /// <param name="partner">Whom the table is for.</param>
    /// <param name="period">The period.</param>
    /// <param name="minimum">Least number of distinct visitors.</param>
    /// <param name="counted">Cells that anybody is in, as <see cref="IUsageReader"/> gives them.</param>
    /// <param name="noiseKey">The gateway's.</param>
    /// <returns>The answer without its receipt.</returns>
    public static GetStatisticsResponse Fold(
        FigureTerms figure,
        StatisticsLists lists,
        string partner,
        StatisticsPeriod period,
        int minimum,
        IReadOnlyCollection<CellCount> counted,
        ReadOnlySpan<byte> noiseKey)
    {
        var precision = new TablePrecision(figure);
        var noise = new TableNoise(noiseKey, partner, figure, period, counted);
        var cells = Universe(figure, lists, counted, noise, precision);
        var rows = cells.Where(c => c.CanStandAlone(minimum, minimum + precision.RowMargin))
            .OrderByDescending(c => c.Seeming).ThenBy(c => c.Name, StringComparer.Ordinal).ToList();
        var folded = cells.Except(rows).ToList();

        // Also where nothing is folded, or seems to be: else the very presence of a remainder would tell that a small cell is in it.
        if (!figure.By.IsEmpty && !IsEnough(folded, precision, minimum, noise) && rows.Count > 0)
        {
            folded.Add(rows[^1]);
            rows.RemoveAt(rows.Count - 1);
        }

        var answer = new GetStatisticsResponse
        {
            Figure = figure.Menu.Figure,
            CellsFolded = cells.Count(c => c.Cell is not null) - rows.Count,
            MinimumVisitors = minimum,
            Precision = precision.Describe(),
        };
        period.WriteTo(answer);
        answer.By.Add(figure.By);
        answer.Rows.Add(rows.OrderBy(r => r.Name, StringComparer.Ordinal).Select(r => r.ToRow(figure, precision, noise)));
        if (!figure.By.IsEmpty && (folded.Exists(f => f.CanStandAlone(minimum, minimum + precision.RowMargin)) || IsEnough(folded, precision, minimum, noise)))
        {
            answer.Remainder = new StatisticsRemainder { Name = RemainderName, Count = Remainder(folded, figure, precision, noise) };
        }

        return answer;
    }

    // A visitor is in several of the folded cells: so many are surely there, and one more or less changes it by one at most.
    private static bool IsEnough(List<NoisyCell> folded, TablePrecision precision, int minimum, TableNoise noise)
    {
        var sum = folded.Sum(f => f.True.Visitors);
        var surely = Math.Max(folded.Select(f => f.True.Visitors).DefaultIfEmpty().Max(), (sum + precision.Figure.CellsPerVisitor - 1) / precision.Figure.CellsPerVisitor);
        return surely >= minimum && surely + noise.Draw("remainder's visitors\n" + Names(folded), precision.RemainderScale) >= minimum + precision.RemainderMargin;
    }

    // The noise goes by what is folded: where another minimum folds one cell more, the difference of two remainders is not that cell.
    private static long Remainder(List<NoisyCell> folded, FigureTerms figure, TablePrecision precision, TableNoise noise)
    {
        var (total, scale) = figure.Menu.Measure == Measure.Visitors
            ? (folded.Sum(f => f.True.Visitors), precision.RowScale)
            : (folded.Sum(f => f.True.Count), precision.CountScale);
        return Round(total + noise.Draw("remainder\n" + Names(folded), scale));
    }

    private static string Names(List<NoisyCell> cells) => string.Join('\n', cells.Select(c => c.Name).Order(StringComparer.Ordinal));

    private static long Round(long noisy) => Math.Max(0, (noisy + (TablePrecision.RoundedTo / 2)) / TablePrecision.RoundedTo * TablePrecision.RoundedTo);

    // Every cell that there can be, and what is outside the lists.
    private static ImmutableArray<NoisyCell> Universe(
        FigureTerms figure, StatisticsLists lists, IReadOnlyCollection<CellCount> counted, TableNoise noise, TablePrecision precision)
    {
        string[] Values(Dimension dimension) => figure.By.Contains(dimension) ? [.. lists.Of(dimension)] : [""];
        var known = counted.Where(c => c.Cell is not null).ToDictionary(c => c.Cell!);
        var all = from country in Values(Dimension.Country)
                  from page in Values(Dimension.PageGroup)
                  from referrer in Values(Dimension.Referrer)
                  let cell = new Cell(country, page, referrer)
                  select known.Remove(cell, out var count) ? count : new CellCount(cell, 0, 0);
        var cells = all.ToList();
        if (known.Count > 0)
        {
            throw new InvalidOperationException("The usage source counted a cell that is in no list.");
        }

        if (!figure.By.IsEmpty)
        {
            cells.Add(counted.SingleOrDefault(c => c.Cell is null) ?? new CellCount(null, 0, 0));
        }

        return [.. cells.Select(c => new NoisyCell(c, c.Visitors + noise.Draw($"visitors\n{c.Cell}", precision.RowScale)))];
    }

    /// <param name="True">What is in it.</param>
    /// <param name="Seeming">Its visitors with noise.</param>
    private sealed record NoisyCell(CellCount True, long Seeming)
    {
        public Cell? Cell => True.Cell;

        public string Name { get; } = True.Cell?.ToString() ?? "other";

        public bool CanStandAlone(int minimum, int seeming) => Cell is not null && True.Visitors >= minimum && Seeming >= seeming;

        public StatisticsRow ToRow(FigureTerms figure, TablePrecision precision, TableNoise noise) => new()
        {
            Country = Cell!.Country,
            PageGroup = Cell.PageGroup,
            Referrer = Cell.Referrer,
            Count = Round(figure.Menu.Measure == Measure.Visitors ? Seeming : True.Count + noise.Draw($"count\n{Name}", precision.CountScale)),
        };
    }
}
