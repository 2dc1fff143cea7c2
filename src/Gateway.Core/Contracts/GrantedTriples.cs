using System.Globalization;
using Gateway.Core.Statistics;
using Gateway.Core.Subjects;

namespace Gateway.Core.Contracts;

/// <summary>
/// What contracts grant, flattened to lines that can be compared and recorded: <c>partner purpose path</c>, and where the field is
/// released in a changed form <c>partner purpose path(keep_last:3)</c>. A figure of statistics is
/// <c>partner purpose statistics/page_views(month,country;20)</c>, access to single subjects a line a key. Contracts not in force count too.
/// </summary>
public static class GrantedTriples
{
    /// <summary>Every line of a snapshot, sorted; none for null.</summary>
    public static SortedSet<string> Of(Snapshot? snapshot)
    {
        var lines = from contract in snapshot?.Contracts ?? []
                    from grant in contract.Grants
                    from field in grant.Fields
                    select $"{contract.Partner.Id} {grant.Purpose.Key} {field.Leaf.Path}{Form(field)}";
        var counts = from contract in snapshot?.Contracts ?? []
                     let terms = contract.Statistics
                     where terms is not null
                     from figure in terms.Figures
                     select $"{contract.Partner.Id} {terms.Purpose.Key} statistics/{Form(figure, terms)}";
        var subjects = from contract in snapshot?.Contracts ?? []
                       from key in contract.SubjectAccess?.Keys ?? []
                       select $"{contract.Partner.Id} {SubjectAccess.Purpose} {SubjectAccess.Service}({key})";
        return new SortedSet<string>(lines.Concat(counts).Concat(subjects), StringComparer.Ordinal);
    }

    private static string Form(FigureTerms figure, StatisticsTerms terms) => string.Create(CultureInfo.InvariantCulture,
        $"{figure.Menu.Name}({string.Join(',', figure.By.Select(Menu.NameOf).Prepend(terms.Period == PeriodKind.Month ? "month" : "week"))};{terms.MinimumVisitors})");

    private static string Form(GrantedField field) =>
        field.Transform is null ? "" : $"({field.Transform.ToString()!.Replace(" ", "", StringComparison.Ordinal)})";
}
