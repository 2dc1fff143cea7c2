using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary><c>staff.yaml</c> → <see cref="StaffDirectory"/>, as strictly as contracts.</summary>
public static class StaffCompiler
{
    public static CompiledStaff Compile(ContractFile file)
    {
        var findings = new Findings();
        var members = new List<StaffMember>();
        if (YamlReader.Read(file, findings) is { } map)
        {
            var section = new Section(map, "the file", findings, "staff");
            foreach (var node in section.RequireList("staff", "[{ id: …, name: …, uri: …, roles: […] }]"))
            {
                if (CompileMember(node, members, findings) is { } member)
                {
                    members.Add(member);
                }
            }
        }

        return new CompiledStaff(findings.ErrorCount == 0 ? new StaffDirectory([.. members]) : null, findings.Errors);
    }

    private static StaffMember? CompileMember(YamlNode node, List<StaffMember> others, Findings findings)
    {
        if (Section.Of(node, "the member of staff", findings, "id", "name", "uri", "roles") is not { } section)
        {
            return null;
        }

        var idNode = section.Require("id", "operator");
        var uriNode = section.Require("uri", "spiffe://shop.example/staff/operator");
        var id = Scalars.Id(idNode, "id", findings);
        var name = Scalars.Text(section.Require("name", "the person's name or post"), "name", findings);
        var uri = IdentityCompiler.Uri(uriNode, findings);
        var roles = section.RequireList("roles", "[operations]")
            .Select(n => Scalars.Choice(n, "roles", StaffRoles.ByName.Keys, findings)).OfType<string>()
            .Select(r => StaffRoles.ByName[r]).ToFrozenSet();
        if (others.Any(o => o.Id == id))
        {
            findings.Error(idNode!.Mark, $"'{id}' is listed twice", "give each person an id of their own");
        }

        if (uri is not null && others.Any(o => o.Uri == uri))
        {
            findings.Error(uriNode!.Mark, $"'{uri}' is listed twice", "give each person a certificate of their own");
        }

        return id is null || name is null || uri is null ? null : new StaffMember(id, name, uri.Value, roles, StaffRoles.Allow(roles));
    }
}

/// <summary>What a compilation gives: the staff, or every error.</summary>
/// <param name="Staff">Null where there are errors.</param>
/// <param name="Errors">Every error, by line and column.</param>
public sealed record CompiledStaff(StaffDirectory? Staff, ImmutableArray<ContractFinding> Errors);
