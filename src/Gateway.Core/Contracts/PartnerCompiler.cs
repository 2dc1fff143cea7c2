using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>The section <c>partner</c>: who it is, and whether data may go to where it is.</summary>
internal static class PartnerCompiler
{
    private static readonly Dictionary<string, PartnerRole> s_roles = new(StringComparer.Ordinal)
    {
        ["processor"] = PartnerRole.Processor,
        ["controller"] = PartnerRole.Controller,
        ["internal"] = PartnerRole.Internal,
    };

    public static (Partner? Partner, Mark IdAt) Compile(Section contract, CompiledPolicy policy, Findings findings)
    {
        var node = contract.Require("partner", "{ id: …, name: …, role: …, country: … }");
        if (Section.Of(node, "the partner", findings, "id", "name", "role", "country", "safeguard", "contacts") is not { } section)
        {
            return (null, contract.Mark);
        }

        var idNode = section.Require("id", "northgate-warehouse");
        var id = Scalars.Id(idNode, "id", findings);
        var name = Scalars.Text(section.Require("name", "the legal name that customers are told"), "name", findings);
        var role = Scalars.Choice(section.Require("role", "processor"), "role", s_roles.Keys, findings);
        var safeguard = Scalars.Text(section.Find("safeguard"), "safeguard", findings);
        // GDPR Art. 44-46: data leaves the area only under a named safeguard.
        var country = CountryCompiler.Compile(section, policy.Area, "the adequacy decision or the clauses it rests on (GDPR Art. 44-46)", findings);
        var contacts = Section.Of(section.Find("contacts"), "the contacts", findings, "security", "privacy");
        var security = Scalars.Text(contacts?.Find("security"), "security", findings);
        var privacy = Scalars.Text(contacts?.Find("privacy"), "privacy", findings);
        return id is null || name is null || role is null || country is null
            ? (null, idNode?.Mark ?? section.Mark)
            : (new Partner(id, name, s_roles[role], country, safeguard, security ?? "", privacy ?? ""), idNode!.Mark);
    }
}
