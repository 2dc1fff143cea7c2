using System.Collections.Immutable;
using System.Net;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Identity;

namespace Gateway.Core.Contracts;

/// <summary>The section <c>identity</c>: how the partner proves who it is.</summary>
internal static class IdentityCompiler
{
    public static (IdentityTerms? Terms, Mark UriAt) Compile(Section contract, Findings findings)
    {
        var node = contract.Require("identity", "{ authority: partners, uri: spiffe://shop.example/partner/northgate-warehouse }");
        if (Section.Of(node, "the identity", findings, "authority", "uri", "keys", "networks") is not { } section)
        {
            return (null, contract.Mark);
        }

        var authority = Scalars.Id(section.Require("authority", "partners"), "authority", findings);
        var uriNode = section.Require("uri", "spiffe://shop.example/partner/northgate-warehouse");
        var uri = Uri(uriNode, findings);
        var keys = section.List("keys", "[sha256:…]").Select(n => Pin(n, findings)).OfType<SpkiHash>().ToImmutableArray();
        var networks = section.List("networks", "[192.0.2.0/24]").Select(n => Network(n, findings)).OfType<IPNetwork>().ToImmutableArray();
        return authority is null || uri is null
            ? (null, uriNode?.Mark ?? section.Mark)
            : (new IdentityTerms(authority, uri.Value, keys, networks), uriNode!.Mark);
    }

    /// <summary>A SPIFFE ID; null, with an error, for anything else.</summary>
    public static SpiffeId? Uri(YamlNode? node, Findings findings)
    {
        if (Scalars.Text(node, "uri", findings) is not { } text)
        {
            return null;
        }

        if (SpiffeId.TryParse(text, out var id))
        {
            return id;
        }

        findings.Error(node!.Mark, $"{Findings.Quote(text)} is no SPIFFE ID",
            "write spiffe://, a lower-case trust domain and a path, without port, query, fragment or percent-encoding");
        return null;
    }

    private static SpkiHash? Pin(YamlNode node, Findings findings)
    {
        if (Scalars.Text(node, "keys", findings) is not { } text)
        {
            return null;
        }

        if (SpkiHash.TryParse(text, out var pin))
        {
            return pin;
        }

        findings.Error(node.Mark, $"{Findings.Quote(text)} is no key",
            "write sha256: and 64 hex digits of the SubjectPublicKeyInfo; `gateway certs inspect` prints it");
        return null;
    }

    private static IPNetwork? Network(YamlNode node, Findings findings)
    {
        if (Scalars.Text(node, "networks", findings) is not { } text)
        {
            return null;
        }

        var parts = text.Split('/');
        if (parts.Length != 2 || !IPAddress.TryParse(parts[0], out var address) || !IPNetwork.TryParse(text, out var network))
        {
            findings.Error(node.Mark, $"{Findings.Quote(text)} is no network", "write it as CIDR without host bits, as 192.0.2.0/24 or 2001:db8::/32");
            return null;
        }

        if (network.PrefixLength == 0)
        {
            findings.Error(node.Mark, $"{Findings.Quote(text)} is every address", "leave 'networks' empty to allow any");
            return null;
        }

        if (!network.BaseAddress.Equals(address))
        {
            findings.Error(node.Mark, $"{Findings.Quote(text)} has bits set after its prefix", $"write '{network}'");
            return null;
        }

        return network;
    }
}
