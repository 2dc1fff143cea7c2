using System.Collections.Immutable;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Subjects;

namespace Gateway.Core.Contracts;

/// <summary>The section <c>subject_access</c>: lets the shop's own account site ask for one subject at a time.</summary>
internal static class SubjectAccessCompiler
{
    private const int MostKeys = 2;

    /// <summary>Null where the section is left out, and with an error where it is wrong.</summary>
    public static SubjectAccess? Compile(Section contract, Partner? partner, Findings findings)
    {
        var node = contract.Find("subject_access");
        if (Section.Of(node, "the subject_access", findings, "assertion_keys") is not { } section)
        {
            return null;
        }

        if (partner is not null && partner.Role != PartnerRole.Internal)
        {
            findings.Error(node!.Mark, "'subject_access' lets a partner ask for everything that is held of a customer, and this partner is not the shop itself",
                "leave it out, or write 'role: internal' for the shop's own account site");
        }

        var nodes = section.RequireList("assertion_keys", "[es256:…]");
        var keys = ImmutableArray.CreateBuilder<AssertionKey>();
        foreach (var item in nodes)
        {
            if (Key(item, findings) is not { } key)
            {
                continue;
            }

            if (keys.Any(k => k.Text == key.Text))
            {
                findings.Error(item.Mark, "the key is listed twice", "write it once");
            }

            keys.Add(key);
        }

        if (nodes.Length > MostKeys)
        {
            findings.Error(nodes[MostKeys].Mark, $"'assertion_keys' holds {nodes.Length} keys", "write one, or two while one follows the other");
        }

        return partner is null || keys.Count == 0 ? null : new SubjectAccess(partner.Id, keys.ToImmutable());
    }

    /// <summary>True where the section is written, right or wrong: then grants may be left out.</summary>
    public static bool IsWritten(Section contract) => contract.Find("subject_access") is not null;

    private static AssertionKey? Key(YamlNode node, Findings findings)
    {
        if (Scalars.Text(node, "assertion_keys", findings) is not { } text)
        {
            return null;
        }

        if (AssertionKey.TryParse(text, out var key))
        {
            return key;
        }

        findings.Error(node.Mark, "this is no public key on P-256",
            "write es256: and its SubjectPublicKeyInfo as base64url; `gateway subject key FILE` prints it");
        return null;
    }
}
