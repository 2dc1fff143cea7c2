using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary><c>policy.yaml</c> → <see cref="Policy"/>.</summary>
internal static class PolicyCompiler
{
    public static CompiledPolicy Compile(YamlMap map, Findings findings)
    {
        var start = findings.ErrorCount;
        var section = new Section(map, "the policy", findings, ["policy", "area", "purposes", "lists", "never", "statistics", .. ControllerCompiler.Keys]);
        var name = Scalars.Id(section.Require("policy", "shop-privacy-2026-01-01"), "policy", findings);
        var beforeArea = findings.ErrorCount;
        var area = section.RequireList("area", "[GB, EU]").Select(n => Area(n, findings)).OfType<string>().ToFrozenSet(StringComparer.Ordinal);
        var areaIsSure = findings.ErrorCount == beforeArea;
        var (controller, subjects, security) = ControllerCompiler.Compile(section, findings);
        var never = NeverCompiler.Compile(section, findings);
        var purposes = new Dictionary<string, Purpose?>(StringComparer.Ordinal);
        var complete = true;
        foreach (var node in section.RequireList("purposes", "[…]"))
        {
            complete &= CompilePurpose(node, never, purposes, findings);
        }

        var beforeStatistics = findings.ErrorCount;
        var statistics = PolicyStatisticsCompiler.Compile(section, findings);
        var statisticsUnreadable = findings.ErrorCount > beforeStatistics;
        var lists = ListsCompiler.Compile(section, purposes.Keys, findings);
        var sure = purposes.Values.OfType<Purpose>().ToFrozenDictionary(p => p.Key, StringComparer.Ordinal);
        return new CompiledPolicy(areaIsSure ? area : null, purposes.ToFrozenDictionary(StringComparer.Ordinal), complete && purposes.Count > 0)
        {
            Never = never,
            Policy = findings.ErrorCount == start ? new Policy(name!, area, sure)
            {
                Lists = lists,
                Never = never,
                Statistics = statistics,
                Controller = controller,
                Subjects = subjects,
                Security = security,
            } : null,
            Statistics = statistics,
            StatisticsUnreadable = statisticsUnreadable,
        };
    }

    private static string? Area(YamlNode node, Findings findings)
    {
        var code = Scalars.Text(node, "area", findings);
        if (code is null or Countries.Eu || Countries.IsKnown(code))
        {
            return code;
        }

        findings.Error(node.Mark, $"{Findings.Quote(code)} is no country", "write ISO 3166-1 alpha-2 codes, as GB, or EU for its member states");
        return null;
    }

    // False where not even the key could be read.
    private static bool CompilePurpose(
        YamlNode node, ImmutableArray<NeverRule> never, Dictionary<string, Purpose?> purposes, Findings findings)
    {
        var start = findings.ErrorCount;
        if (Section.Of(node, "the purpose", findings, "purpose", "promise", "categories", "bases") is not { } section)
        {
            return false;
        }

        var keyNode = section.Require("purpose", "essential.service.fulfillment.warehousing");
        var key = Scalars.Text(keyNode, "purpose", findings);
        if (key is not null && !Taxonomy.IsUse(key))
        {
            findings.Error(keyNode!.Mark, $"{Findings.Quote(key)} is no fideslang data use", Advice(Taxonomy.SuggestUse(key)));
            key = null;
        }
        else if (key is not null && purposes.ContainsKey(key))
        {
            findings.Error(keyNode!.Mark, $"purpose '{key}' is listed twice", "merge the two");
        }

        var allowed = key is not null && !NeverCheck.Purpose(never, key, keyNode!.Mark, findings);

        var promise = Scalars.Text(section.Require("promise", "the privacy policy's sentence"), "promise", findings);
        var categories = Once(section.RequireList("categories", "[user.name]"), n => Category(n, allowed ? key : null, never, findings), findings);
        var bases = Once(section.RequireList("bases", "[contract]"), n => Scalars.Choice(n, "bases", LegalBasisNames.All, findings), findings);
        if (key is null)
        {
            return false;
        }

        purposes[key] = findings.ErrorCount > start ? null : new Purpose(
            key, promise!, categories.ToFrozenSet(StringComparer.Ordinal), bases.Select(b => LegalBasisNames.Find(b)!.Value).ToFrozenSet());
        return true;
    }

    private static List<string> Once(ImmutableArray<YamlNode> nodes, Func<YamlNode, string?> read, Findings findings)
    {
        var values = new List<string>();
        foreach (var node in nodes)
        {
            if (read(node) is not { } value)
            {
                continue;
            }

            if (values.Contains(value, StringComparer.Ordinal))
            {
                findings.Error(node.Mark, $"'{value}' is listed twice", "write it once");
            }
            else
            {
                values.Add(value);
            }
        }

        return values;
    }

    private static string? Category(YamlNode node, string? purpose, ImmutableArray<NeverRule> never, Findings findings)
    {
        var category = Scalars.Text(node, "categories", findings);
        if (category is null)
        {
            return null;
        }

        if (Taxonomy.IsCategory(category))
        {
            if (purpose is not null)
            {
                NeverCheck.Category(never, purpose, category, node.Mark, findings);
            }

            return category;
        }

        findings.Error(node.Mark, $"{Findings.Quote(category)} is no fideslang data category", Advice(Taxonomy.SuggestCategory(category)));
        return null;
    }

    // The taxonomy suggests as the tail of a sentence.
    private static string Advice(string suggestion)
    {
        var advice = suggestion.TrimStart(';', ' ');
        return advice.Length > 0 ? advice : "write a key of the fideslang taxonomy, or one of the house's children of it";
    }
}
