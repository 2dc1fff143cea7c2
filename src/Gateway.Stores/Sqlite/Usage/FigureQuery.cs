using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Stores.Sqlite.Usage;

/// <summary>
/// The SQL of one figure. Counts before anything is read: by visitor first, so that one visitor adds a bounded amount to a bounded number
/// of cells, then by cell. No statement gives a visitor.
/// </summary>
internal sealed class FigureQuery
{
    /// <summary>Columns of the view that are needed besides the dimensions.</summary>
    private static readonly string[] s_columns = ["visitor", "visit", "at", "kind"];

    public FigureQuery(FigureTerms figure, StatisticsLists lists)
    {
        Columns = [.. s_columns, .. figure.By.Select(Menu.NameOf)];
        var listed = string.Join(" AND ", figure.By.Select(d => $"{Menu.NameOf(d)} COLLATE BINARY IN ({string.Join(", ", lists.Of(d).Select(Literal))})"));
        var cell = string.Concat(Dimensions().Select(d => figure.By.Contains(d) ? $", CASE WHEN {listed} THEN {Menu.NameOf(d)} END AS {Menu.NameOf(d)}" : $", '' AS {Menu.NameOf(d)}"));
        var measured = figure.Menu.Measure switch
        {
            Measure.Visitors => "1",
            Measure.Events => $"min(count(*), {figure.Menu.CountsPerVisitor})",
            _ => $"min(count(DISTINCT visit), {figure.Menu.CountsPerVisitor})",
        };
        var events = $"{UsageGuard.View} WHERE kind = {Literal(figure.Menu.Kind)} AND at >= ?1 AND at < ?2";
        Malformed = $"SELECT EXISTS (SELECT 1 FROM {events} AND (visitor IS NULL OR visitor = '' OR visit IS NULL OR at {Source.SourceInstant.Malformed}))";
        Count = $"""
            WITH counted AS (SELECT visitor{cell}, {measured} AS n FROM {events} GROUP BY 1, 2, 3, 4),
            bounded AS (SELECT country, page_group, referrer, n,
                row_number() OVER (PARTITION BY visitor ORDER BY n DESC, country, page_group, referrer) AS place FROM counted)
            SELECT country, page_group, referrer, count(*), sum(n) FROM bounded WHERE place <= {figure.CellsPerVisitor} GROUP BY 1, 2, 3
            """;
    }

    /// <summary>The columns that it needs.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>1 where an event of the period cannot be counted; between the bounds ?1 and ?2.</summary>
    public string Malformed { get; }

    /// <summary>Country, page group, referrer, visitors, count; a cell outside the lists has NULL for each dimension of the breakdown.</summary>
    public string Count { get; }

    private static Dimension[] Dimensions() => [Dimension.Country, Dimension.PageGroup, Dimension.Referrer];

    // The lists' values are ids and country codes; the quotes are for whoever widens that.
    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
