using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts.Never;

/// <summary>The policy's section <c>never</c> → rules, after those of <see cref="NeverFloor"/>.</summary>
internal static class NeverCompiler
{
    private const string Example = "[{ purposes: [marketing], categories: [user.financial], because: … }]";

    public static ImmutableArray<NeverRule> Compile(Section policy, Findings findings)
    {
        var rules = NeverFloor.Rules.ToBuilder();
        foreach (var node in policy.List("never", Example))
        {
            if (Section.Of(node, "the rule", findings, "purposes", "categories", "because") is not { } section)
            {
                continue;
            }

            var start = findings.ErrorCount;
            var purposes = Keys(section, "purposes", "[marketing]", Taxonomy.IsUse, "fideslang data use", Taxonomy.SuggestUse, findings);
            var categories = Keys(
                section, "categories", "[user.financial]", Taxonomy.IsCategory, "fideslang data category", Taxonomy.SuggestCategory, findings);
            var because = Scalars.Text(section.Require("because", "what the privacy policy promises"), "because", findings);
            if (section.Find("purposes") is null && section.Find("categories") is null)
            {
                findings.Error(section.Mark, "the rule forbids nothing",
                    "write 'purposes' to forbid them, 'categories' to forbid them to everybody, or both to forbid them together");
            }

            if (findings.ErrorCount == start)
            {
                rules.Add(new NeverRule(purposes, categories, because!, $"{section.Mark.File}:{section.Mark.Place}"));
            }
        }

        return rules.ToImmutable();
    }

    // A key that is there and empty would turn a rule about a pair into one about everything.
    private static ImmutableArray<string> Keys(
        Section rule, string key, string example, Func<string, bool> isKnown, string what, Func<string, string> suggest, Findings findings)
    {
        var keys = ImmutableArray.CreateBuilder<string>();
        foreach (var node in rule.Find(key) is null ? [] : rule.RequireList(key, example))
        {
            if (Scalars.Text(node, key, findings) is not { } text)
            {
                continue;
            }

            if (isKnown(text))
            {
                keys.Add(text);
            }
            else
            {
                var near = suggest(text).TrimStart(';', ' ');
                findings.Error(node.Mark, $"{Findings.Quote(text)} is no {what}", near.Length > 0 ? near : "write a key of the fideslang taxonomy");
            }
        }

        return keys.ToImmutable();
    }
}
