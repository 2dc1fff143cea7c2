using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts.Never;

/// <summary>Policy and contracts as written, held against the rules, so that each error has its place.</summary>
internal static class NeverCheck
{
    /// <summary>A purpose that the policy or a contract names.</summary>
    /// <returns>True where it is never allowed; the error is told.</returns>
    public static bool Purpose(ImmutableArray<NeverRule> rules, string purpose, Mark at, Findings findings)
    {
        if (rules.FirstOrDefault(r => r.Forbids(purpose)) is not { } rule)
        {
            return false;
        }

        var what = rule.Purposes.Any(p => Annotations.Taxonomy.Covers(p, purpose))
            ? $"the purpose {purpose} is never allowed"
            : $"the purpose {purpose} stands for its children too, some of which are never allowed";
        findings.Error(at, $"{what}: {Cites(rule)}", $"remove it{Otherwise(rule)}");
        return true;
    }

    /// <summary>A category that the policy allows for a purpose.</summary>
    public static void Category(ImmutableArray<NeverRule> rules, string purpose, string category, Mark at, Findings findings)
    {
        foreach (var rule in rules.Where(r => !r.Categories.IsEmpty && r.Forbids(purpose, category)))
        {
            if (rule.Names(category))
            {
                findings.Error(at, $"{category} is never allowed for {purpose}: {Cites(rule)}", $"leave it out{Otherwise(rule)}");
                return;
            }

            findings.Warn(at, $"{category} stands for its children too, some of which are never allowed for {purpose}: {Cites(rule)}",
                "name the children that are meant; a contract cannot grant the others");
        }
    }

    /// <summary>A field that a contract grants. Where the purpose itself is forbidden, that has been told.</summary>
    /// <returns>True where it is never allowed; the error is told.</returns>
    public static bool Field(
        ImmutableArray<NeverRule> rules, string purpose, Annotations.Leaf leaf, Mark at, Findings findings)
    {
        if (rules.FirstOrDefault(r => !r.Categories.IsEmpty && r.Forbids(purpose, leaf.Category)) is not { } rule)
        {
            return false;
        }

        findings.Error(at, $"{leaf.Path} is {leaf.Category}, which is never allowed for {purpose}: {Cites(rule)}",
            $"leave the field out{Otherwise(rule)}");
        return true;
    }

    private static string Cites(NeverRule rule) => $"never {rule.Phrase} ({rule.Where}), because {rule.Because}";

    private static string Otherwise(NeverRule rule) => rule.Where == NeverFloor.Where ? ", no policy can allow it" : ", or change that rule";
}
