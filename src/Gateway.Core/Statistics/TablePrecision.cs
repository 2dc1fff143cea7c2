using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Statistics;

/// <summary>
/// How much noise a table has. Epsilon is spent in three parts: on how many visitors each cell has, on whether the remainder has enough,
/// and on the counts.
/// </summary>
public sealed class TablePrecision
{
    private const double RowEpsilon = 1;
    private const double RemainderEpsilon = 0.5;
    private const double CountEpsilon = 1;

    /// <summary>How often the noise alone may lift a cell over the threshold: less than once in a hundred million.</summary>
    private const double Lift = 1e-8;

    /// <summary>Published counts are multiples of this.</summary>
    public const int RoundedTo = 10;

    public TablePrecision(FigureTerms figure)
    {
        var cells = figure.CellsPerVisitor;
        Figure = figure;
        RowScale = cells / RowEpsilon;
        RemainderScale = 1 / RemainderEpsilon;
        CountScale = cells * figure.Menu.CountsPerVisitor / CountEpsilon;
        Epsilon = RowEpsilon + (figure.By.IsEmpty ? 0 : RemainderEpsilon) + (figure is { By.IsEmpty: true, Menu.Measure: Measure.Visitors } ? 0 : CountEpsilon);
    }

    /// <summary>The figure.</summary>
    public FigureTerms Figure { get; }

    /// <summary>Scale of the noise on a cell's visitors.</summary>
    public double RowScale { get; }

    /// <summary>Scale of the noise on the remainder's visitors.</summary>
    public double RemainderScale { get; }

    /// <summary>Scale of the noise on counts.</summary>
    public double CountScale { get; }

    /// <summary>The table's privacy loss.</summary>
    public double Epsilon { get; }

    /// <summary>So many visitors above the minimum a cell must seem to have, noise included.</summary>
    public int RowMargin => Margin(RowScale);

    /// <summary>As <see cref="RowMargin"/>, for the remainder.</summary>
    public int RemainderMargin => Margin(RemainderScale);

    /// <summary>As the partner is told it.</summary>
    public StatisticsPrecision Describe() => new()
    {
        RoundedTo = RoundedTo,
        NoiseDeviation = Math.Round(TableNoise.Deviation(CountScale), 1),
        MarginVisitors = RowMargin,
        CellsPerVisitor = Figure.CellsPerVisitor,
        CountsPerVisitor = Figure.Menu.CountsPerVisitor,
        Epsilon = Epsilon,
    };

    private static int Margin(double scale) => (int)Math.Ceiling(-Math.Log(Lift) * scale);
}
