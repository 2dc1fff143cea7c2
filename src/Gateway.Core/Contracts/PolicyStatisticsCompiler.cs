using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Statistics;

namespace Gateway.Core.Contracts;

/// <summary>The section <c>statistics</c> of <c>policy.yaml</c>: which cells there can be, and how many visitors each needs.</summary>
internal static class PolicyStatisticsCompiler
{
    /// <summary>Longest of the lists; a table has one cell for each combination.</summary>
    private const int Longest = 250;

    /// <summary>The section; null where there is none, or it has errors.</summary>
    public static StatisticsLists? Compile(Section policy, Findings findings)
    {
        var start = findings.ErrorCount;
        if (Section.Of(policy.Find("statistics"), "the policy's statistics", findings, "minimum_visitors", "countries", "page_groups", "referrers") is not { } section)
        {
            return null;
        }

        var minimum = Scalars.Whole(
            section.Find("minimum_visitors"), "minimum_visitors", StatisticsLists.LeastMinimum, StatisticsLists.MostMinimum, findings);
        var lists = new StatisticsLists(
            (int)(minimum ?? StatisticsLists.DefaultMinimum),
            Values(section, "countries", "[GB, IE]", Country, findings),
            Values(section, "page_groups", "[home, catalogue]", (n, f) => Scalars.Id(n, "page_groups", f), findings),
            Values(section, "referrers", "[search, direct]", (n, f) => Scalars.Id(n, "referrers", f), findings));
        return findings.ErrorCount == start ? lists : null;
    }

    private static ImmutableArray<string> Values(Section section, string key, string example, Func<YamlNode, Findings, string?> read, Findings findings)
    {
        var values = ImmutableArray.CreateBuilder<string>();
        foreach (var node in section.List(key, example))
        {
            if (read(node, findings) is not { } value)
            {
                continue;
            }

            if (values.Contains(value, StringComparer.Ordinal))
            {
                findings.Error(node.Mark, $"'{value}' is listed twice", "write it once");
            }
            else if (values.Count == Longest)
            {
                findings.Error(node.Mark, $"'{key}' has more than {Longest} values", "group them");
                break;
            }
            else
            {
                values.Add(value);
            }
        }

        values.Sort(StringComparer.Ordinal);
        return values.ToImmutable();
    }

    private static string? Country(YamlNode node, Findings findings)
    {
        if (Scalars.Text(node, "countries", findings) is not { } code)
        {
            return null;
        }

        if (Countries.IsKnown(code))
        {
            return code;
        }

        findings.Error(node.Mark, $"{Findings.Quote(code)} is no country", "write ISO 3166-1 alpha-2 codes, as GB");
        return null;
    }
}
