using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Contracts;

/// <summary>One partner's file → <see cref="Contract"/>.</summary>
internal static class ContractCompiler
{
    private static readonly Dictionary<string, SuspendOn> s_suspendOn = new(StringComparer.Ordinal)
    {
        ["subject_quota"] = SuspendOn.SubjectQuota,
        ["enumeration"] = SuspendOn.Enumeration,
    };

    /// <param name="map">The file.</param>
    /// <param name="policy">What is known of the policy.</param>
    /// <param name="catalogue">Records and methods there are.</param>
    /// <param name="findings">Where errors go.</param>
    public static CompiledContract Compile(YamlMap map, CompiledPolicy policy, Catalogue catalogue, Findings findings)
    {
        var section = new Section(map, "the contract", findings, "contract", "partner", "agreement", "identity", "grants", "suspend_on");
        var nameNode = section.Require("contract", "northgate-warehousing");
        var name = Scalars.Id(nameNode, "contract", findings);
        var (partner, partnerAt) = PartnerCompiler.Compile(section, policy, findings);
        var agreement = AgreementCompiler.Compile(section, findings);
        var (identity, uriAt) = IdentityCompiler.Compile(section, findings);
        var grants = Grants(section, name ?? "", partner?.Id ?? "", policy, catalogue, findings);
        var suspendOn = SuspendOnOf(section, findings);
        return new CompiledContract(map.Mark)
        {
            Name = name is null ? null : (name, nameNode!.Mark),
            Partner = partner is null ? null : (partner.Id, partnerAt),
            Uri = identity is null ? null : (identity.Uri.Value, uriAt),
            Agreement = agreement,
            Contract = name is null || partner is null || agreement is null || identity is null ? null : new Contract
            {
                Name = name,
                Partner = partner,
                Agreement = agreement.Value.Dates,
                Identity = identity,
                Grants = grants,
                SuspendOn = suspendOn,
            },
        };
    }

    private static ImmutableArray<Grant> Grants(
        Section contract, string name, string partner, CompiledPolicy policy, Catalogue catalogue, Findings findings)
    {
        var grants = ImmutableArray.CreateBuilder<Grant>();
        var granted = new Dictionary<(string Purpose, string Method), Mark>();
        (Domain Domain, string Record)? first = null;
        foreach (var node in contract.RequireList("grants", "[…]"))
        {
            var compiler = new GrantCompiler(policy, catalogue, findings, granted);
            if (compiler.Compile(node, name, partner) is { } grant)
            {
                grants.Add(grant);
            }

            if (compiler.Record is not { } record)
            {
                continue;
            }

            first ??= (record.Domain, record.Name);
            if (first.Value.Domain != record.Domain)
            {
                findings.Error(compiler.RecordAt,
                    $"{record.Name} tells what a visitor does and {first.Value.Record} who a person is, or the other way round: "
                    + "one contract cannot hold both",
                    "grant registration records and usage records in contracts of different partners");
            }
        }

        return grants.ToImmutable();
    }

    private static ImmutableArray<SuspendOn> SuspendOnOf(Section contract, Findings findings)
    {
        var thresholds = ImmutableArray.CreateBuilder<SuspendOn>();
        foreach (var node in contract.List("suspend_on", "[subject_quota, enumeration]"))
        {
            if (Scalars.Choice(node, "suspend_on", s_suspendOn.Keys, findings) is not { } word)
            {
                continue;
            }

            if (thresholds.Contains(s_suspendOn[word]))
            {
                findings.Error(node.Mark, $"'{word}' is listed twice", "write it once");
            }
            else
            {
                thresholds.Add(s_suspendOn[word]);
            }
        }

        return thresholds.ToImmutable();
    }
}
