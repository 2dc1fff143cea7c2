using CsCheck;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Tests.Statistics;

/// <summary>One world of cells, with one visitor in it or not, and the gateway's key.</summary>
/// <param name="Minimum">The minimum of visitors.</param>
/// <param name="Seed">Stands for the key, and draws the cells.</param>
/// <param name="IsThere">Whether the visitor is there.</param>
internal sealed record World(int Minimum, int Seed, bool IsThere)
{
    private static readonly int[] s_minimums = [2, 5, 20, 50];

    public static Gen<World> Random { get; } = Gen.Select(Gen.Int[0, 3], Gen.Int, Gen.Bool, (at, seed, there) => new World(s_minimums[at], seed, there));

    /// <summary>The table that a partner gets.</summary>
    public AskedWorld Ask(FigureTerms figure, int month = 3, string partner = "prism-statistics", int stricter = 0, bool without = false)
    {
        var random = new Random(unchecked((Seed * 31) + (month * 7919) + ((int)figure.Menu.Figure * 131) + figure.By.Sum(d => 17 * (int)d)));
        var precision = new TablePrecision(figure);
        var (others, mine) = (new List<CellCount>(), new List<CellCount>());
        foreach (var cell in Cells(figure).OrderBy(_ => random.Next()))
        {
            var (visitors, count) = Draw(random, precision, figure);
            others.Add(new CellCount(cell, visitors, count));
            mine.Add(mine.Count < figure.CellsPerVisitor ? new CellCount(cell, visitors + 1, count + random.Next(1, figure.Menu.CountsPerVisitor + 1)) : others[^1]);
        }

        var seen = without ? others : mine;
        var minimum = Minimum + stricter;
        var published = TableFolding.Fold(
            figure, Tables.Lists, partner, StatisticsPeriod.OfMonth(2026, month)!.Value, minimum, IsThere ? seen : others, Tables.Key(Seed));
        return new AskedWorld(figure, minimum, others, seen, published);
    }

    // Near what decides: one visitor, the minimum, the minimum and the margin; and at times plenty.
    private (int Visitors, int Count) Draw(Random random, TablePrecision precision, FigureTerms figure)
    {
        var visitors = Math.Max(0, random.Next(6) switch
        {
            0 => 0,
            1 => random.Next(3),
            2 or 3 => Minimum + random.Next(-2, 2),
            4 => Minimum + precision.RowMargin + random.Next(-3, 4),
            _ => random.Next(1, 1000),
        });
        return (visitors, visitors == 0 ? 0 : random.Next(visitors, (visitors * figure.Menu.CountsPerVisitor) + 1));
    }

    private static IEnumerable<Cell?> Cells(FigureTerms figure)
    {
        string[] Of(Dimension dimension) => figure.By.Contains(dimension) ? [.. Tables.Lists.Of(dimension)] : [""];
        var cells = from c in Of(Dimension.Country) from p in Of(Dimension.PageGroup) from r in Of(Dimension.Referrer) select new Cell(c, p, r);
        return figure.By.IsEmpty ? cells : cells.Cast<Cell?>().Append(null);
    }
}

/// <summary>One table, and the two worlds that it can come from.</summary>
internal sealed record AskedWorld(
    FigureTerms Figure, int Minimum, IReadOnlyList<CellCount> Without, IReadOnlyList<CellCount> With, GetStatisticsResponse Published)
{
    private readonly TablePrecision _precision = new(Figure);

    /// <summary>False where the table cannot have come from these cells, whatever the key: then the other world is certain.</summary>
    public bool CanComeFrom(IReadOnlyList<CellCount> cells)
    {
        var rows = Rows();
        var folded = cells.Where(c => c.Cell is null || !rows.ContainsKey(c.Cell)).ToArray();
        var most = folded.Select(c => c.Visitors).DefaultIfEmpty().Max();
        var surely = Math.Max(most, (folded.Sum(c => c.Visitors) + Figure.CellsPerVisitor - 1) / Figure.CellsPerVisitor);
        return cells.Where(c => c.Cell is not null && rows.ContainsKey(c.Cell)).All(c => c.Visitors >= Minimum)
            && (Published.Remainder is null || surely >= Minimum);
    }

    /// <summary>How well the table goes with these cells: what an attacker who knows the noise's distribution reckons, up to a constant.</summary>
    public double LogLikelihood(IReadOnlyList<CellCount> cells)
    {
        var rows = Rows();
        var folded = cells.Where(c => c.Cell is null || !rows.ContainsKey(c.Cell)).ToArray();
        var visitors = Figure.Menu.Measure == Measure.Visitors;
        var likelihood = 0.0;
        foreach (var cell in cells)
        {
            if (cell.Cell is not null && rows.TryGetValue(cell.Cell, out var count))
            {
                likelihood += LogNumber(count, visitors ? cell.Visitors : cell.Count, visitors ? _precision.RowScale : _precision.CountScale);
                likelihood += visitors ? 0 : Math.Log(Tail(Minimum + _precision.RowMargin - cell.Visitors, _precision.RowScale));
            }
            else if (cell.Cell is not null)
            {
                likelihood += cell.Visitors < Minimum ? 0 : Math.Log(Math.Max(1e-12, 1 - Tail(Minimum + _precision.RowMargin - cell.Visitors, _precision.RowScale)));
            }
        }

        return likelihood + (Published.Remainder is null
            ? 0 : LogNumber(Published.Remainder.Count, folded.Sum(c => visitors ? c.Visitors : c.Count), visitors ? _precision.RowScale : _precision.CountScale));
    }

    private Dictionary<Cell, long> Rows() => Published.Rows.ToDictionary(r => new Cell(r.Country, r.PageGroup, r.Referrer), r => r.Count);

    // A number was rounded: the noise is one of those that round to it.
    private static double LogNumber(long published, long truth, double scale) =>
        Math.Log(Math.Max(1e-300, Enumerable.Range(-5, TablePrecision.RoundedTo).Sum(i => Math.Exp(-Math.Abs(published + i - truth) / scale))));

    // The chance of a noise of at least so much.
    private static double Tail(long least, double scale)
    {
        var alpha = Math.Exp(-1 / scale);
        return least > 0 ? Math.Pow(alpha, least) / (1 + alpha) : 1 - (Math.Pow(alpha, 1 - least) / (1 + alpha));
    }
}
