using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Statistics;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Contracts;

/// <summary>The section <c>statistics</c> of a contract → <see cref="StatisticsTerms"/>.</summary>
/// <param name="policy">What is known of the policy.</param>
/// <param name="findings">Where errors go.</param>
internal sealed class StatisticsCompiler(CompiledPolicy policy, Findings findings)
{
    private static readonly Dictionary<string, PeriodKind> s_periods = new(StringComparer.Ordinal) { ["month"] = PeriodKind.Month, ["week"] = PeriodKind.Week };

    private static readonly Dictionary<string, Dimension> s_dimensions =
        new[] { Dimension.Country, Dimension.PageGroup, Dimension.Referrer }.ToDictionary(Menu.NameOf, StringComparer.Ordinal);

    private readonly Dictionary<Figure, Mark> _figures = [];
    private (PeriodKind Kind, Mark At)? _period;

    /// <summary>The section; null where there is none, or a part of it could not be read.</summary>
    public StatisticsTerms? Compile(Section contract)
    {
        if (Section.Of(contract.Find("statistics"), "the statistics", findings, "purpose", "basis", "figures", "minimum_visitors", "calls_per_second")
            is not { } section)
        {
            return null;
        }

        if (policy.Statistics is null && !policy.StatisticsUnreadable)
        {
            findings.Error(section.Mark, "the policy does not say which statistics there can be",
                "write 'statistics: { countries: […], page_groups: […], referrers: […] }' in policy.yaml");
        }

        var purpose = PurposeCompiler.PurposeOf(section, policy, findings);
        var basis = PurposeCompiler.BasisOf(section, purpose, findings);
        var figures = section.RequireList("figures", "[{ figure: page_views, period: month, by: [country] }]").Select(n => FigureOf(n, purpose)).ToArray();
        var minimum = Minimum(section);
        var calls = Scalars.Whole(section.Find("calls_per_second"), "calls_per_second", 1, GrantCompiler.MostCallsPerSecond, findings);
        return purpose is null || basis is null || _period is null || policy.Statistics is null || figures.Contains(null)
            ? null
            : new StatisticsTerms(purpose, basis.Value, _period.Value.Kind, [.. figures.OrderBy(f => f!.Menu.Figure)!], minimum, (int?)calls, policy.Statistics);
    }

    private int Minimum(Section section)
    {
        var node = section.Find("minimum_visitors");
        var asked = Scalars.Whole(node, "minimum_visitors", StatisticsLists.LeastMinimum, StatisticsLists.MostMinimum, findings);
        var least = policy.Statistics?.MinimumVisitors ?? StatisticsLists.DefaultMinimum;
        if (asked < least)
        {
            findings.Warn(node!.Mark, $"the policy asks for {least} visitors, which is stricter and counts", $"write {least} or more, or leave it out");
        }

        return (int)Math.Max(asked ?? 0, least);
    }

    private FigureTerms? FigureOf(YamlNode node, Purpose? purpose)
    {
        if (Section.Of(node, "the figure", findings, "figure", "period", "by") is not { } section)
        {
            return null;
        }

        var nameNode = section.Require("figure", "page_views");
        var menu = Scalars.Choice(nameNode, "figure", [.. Menu.All.Select(f => f.Name)], findings) is { } name ? Menu.Find(name) : null;
        Period(section);
        var by = By(section, menu);
        if (menu is null)
        {
            return null;
        }

        if (!_figures.TryAdd(menu.Figure, nameNode!.Mark))
        {
            findings.Error(nameNode.Mark, $"'{menu.Name}' is granted twice, first at {_figures[menu.Figure].Place}",
                "leave one: two breakdowns of one figure would tell of each other's folded cells");
        }

        Allowed(nameNode.Mark, menu.Category, purpose);
        if (by.Contains(Dimension.Country))
        {
            Allowed(section.Find("by")!.Mark, Menu.CountryCategory, purpose);
        }

        return new FigureTerms(menu, by);
    }

    // A month and its weeks overlap: their difference would tell of a few days.
    private void Period(Section section)
    {
        var node = section.Require("period", "month");
        if (Scalars.Choice(node, "period", s_periods.Keys, findings) is not { } word)
        {
            return;
        }

        _period ??= (s_periods[word], node!.Mark);
        if (_period.Value.Kind != s_periods[word])
        {
            findings.Error(node!.Mark, $"'period' is {word}, and not as at {_period.Value.At.Place}",
                "give all figures of a contract months, or all of them weeks: the two overlap");
        }
    }

    private ImmutableArray<Dimension> By(Section section, MenuFigure? menu)
    {
        var by = new SortedSet<Dimension>();
        foreach (var node in section.List("by", "[country]"))
        {
            if (Scalars.Choice(node, "by", s_dimensions.Keys, findings) is not { } word)
            {
                continue;
            }

            var dimension = s_dimensions[word];
            if (!by.Add(dimension))
            {
                findings.Error(node.Mark, $"'{word}' is listed twice", "write it once");
            }
            else if (menu is not null && !menu.Dimensions.Contains(dimension))
            {
                findings.Error(node.Mark, $"'{menu.Name}' is not broken down by {word}",
                    "write " + string.Join(", ", menu.Dimensions.Select(Menu.NameOf)));
            }
            else if (policy.Statistics is { } lists && lists.Of(dimension).IsEmpty)
            {
                findings.Error(node.Mark, $"the policy lists no values of {word}", "list them under 'statistics' in policy.yaml");
            }
        }

        if (menu?.Needs is { } needed && !by.Contains(needed))
        {
            findings.Error(section.Mark, $"'{menu.Name}' is always broken down by {Menu.NameOf(needed)}", $"write 'by: [{Menu.NameOf(needed)}]'");
        }

        return [.. by];
    }

    private void Allowed(Mark at, string category, Purpose? purpose)
    {
        if (purpose is not null && !purpose.Categories.Any(c => Taxonomy.Covers(c, category)))
        {
            findings.Error(at, $"the policy does not allow {category} for {purpose.Key}",
                "leave it out, or have the policy allow it: " + string.Join(", ", purpose.Categories.Order(StringComparer.Ordinal)));
        }
    }
}
