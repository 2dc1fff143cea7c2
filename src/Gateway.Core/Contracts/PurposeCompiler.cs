using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>The keys <c>purpose</c> and <c>basis</c>: whatever a contract grants stands under one purpose of the policy.</summary>
internal static class PurposeCompiler
{
    /// <summary>The purpose; null where it names none, or one that the policy has wrong.</summary>
    public static Purpose? PurposeOf(Section section, CompiledPolicy policy, Findings findings)
    {
        var node = section.Require("purpose", "essential.service.fulfillment.warehousing");
        if (Scalars.Text(node, "purpose", findings) is not { } key)
        {
            return null;
        }

        if (policy.Find(key) is { } purpose)
        {
            return purpose;
        }

        if (policy.IsSurelyUnknown(key) && !(Taxonomy.IsUse(key) && NeverCheck.Purpose(policy.Never, key, node!.Mark, findings)))
        {
            var what = Taxonomy.IsUse(key)
                ? $"the policy does not name the purpose {Findings.Quote(key)}"
                : $"{Findings.Quote(key)} is no fideslang data use";
            findings.Error(node!.Mark, what, Suggestion.Or(key, policy.Keys,
                "write one of the policy's purposes: " + string.Join(", ", policy.Keys.Order(StringComparer.Ordinal))));
        }

        return null;
    }

    /// <summary>The legal basis; null where it names none.</summary>
    public static LegalBasis? BasisOf(Section section, Purpose? purpose, Findings findings)
    {
        var node = section.Require("basis", "contract");
        if (Scalars.Choice(node, "basis", LegalBasisNames.All, findings) is not { } name)
        {
            return null;
        }

        var basis = LegalBasisNames.Find(name)!.Value;
        if (purpose is not null && !purpose.Bases.Contains(basis))
        {
            findings.Error(node!.Mark, $"the policy does not allow the basis '{name}' for {purpose.Key}",
                "write one of: " + string.Join(", ", purpose.Bases.Order().Select(b => b.Name())));
        }

        return basis;
    }
}
