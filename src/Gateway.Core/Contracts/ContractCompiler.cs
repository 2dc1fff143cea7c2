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
        var section = new Section(
            map, "the contract", findings, "contract", "partner", "agreement", "identity", "grants", "statistics", "subject_access", "suspend_on");
        var nameNode = section.Require("contract", "northgate-warehousing");
        var name = Scalars.Id(nameNode, "contract", findings);
        var (partner, partnerAt) = PartnerCompiler.Compile(section, policy, findings);
        var agreement = AgreementCompiler.Compile(section, findings);
        var (identity, uriAt) = IdentityCompiler.Compile(section, findings);
        var told = new List<ToldDomain>();
        var grants = Grants(section, name ?? "", partner?.Id ?? "", policy, catalogue, told, findings);
        var statistics = new StatisticsCompiler(policy, findings).Compile(section);
        if (section.Find("statistics") is { } asked)
        {
            told.Add(new ToldDomain(Domain.Usage, "the section statistics", IpAddress: null, asked.Mark));
        }

        var subjectAccess = SubjectAccessCompiler.Compile(section, partner, findings);
        if (section.Find("subject_access") is { } subjects)
        {
            told.Add(new ToldDomain(Domain.Registration, "the section subject_access", IpAddress: null, subjects.Mark));
        }

        var suspendOn = SuspendOnOf(section, findings);
        return new CompiledContract(map.Mark)
        {
            Name = name is null ? null : (name, nameNode!.Mark),
            Partner = partner is null ? null : (partner.Id, partnerAt),
            Uri = identity is null ? null : (identity.Uri.Value, uriAt),
            Agreement = agreement,
            LegalName = partner?.Name,
            Told = [.. told],
            Contract = name is null || partner is null || agreement is null || identity is null ? null : new Contract
            {
                Name = name,
                Partner = partner,
                Agreement = agreement.Value.Dates,
                Identity = identity,
                Grants = grants,
                Statistics = statistics,
                SuspendOn = suspendOn,
                SubjectAccess = subjectAccess,
            },
        };
    }

    private static ImmutableArray<Grant> Grants(
        Section contract, string name, string partner, CompiledPolicy policy, Catalogue catalogue, List<ToldDomain> told, Findings findings)
    {
        var grants = ImmutableArray.CreateBuilder<Grant>();
        var granted = new Dictionary<(string Purpose, string Method), Mark>();
        // A contract that grants something else needs no records; a list that is written holds some all the same.
        var needed = (contract.Find("grants") is not null && SubjectAccessCompiler.IsWritten(contract))
            || (contract.Find("statistics") is null && !SubjectAccessCompiler.IsWritten(contract));
        foreach (var node in needed ? contract.RequireList("grants", "[…]") : contract.List("grants", "[…]"))
        {
            var compiler = new GrantCompiler(policy, catalogue, findings, granted);
            var grant = compiler.Compile(node, name, partner);
            if (grant is not null)
            {
                grants.Add(grant);
            }

            if (compiler.Record is { } record)
            {
                var address = grant?.Fields.FirstOrDefault(f => Taxonomy.Covers(ContractDomains.IpAddress, f.Leaf.Category));
                told.Add(new ToldDomain(record.Domain, record.Name, address?.Leaf.Path, compiler.RecordAt));
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
