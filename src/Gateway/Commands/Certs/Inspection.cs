using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Commands.Certs;

/// <summary>What a PEM is, in plain words, and whether the gateway would accept it.</summary>
/// <param name="What">What it is.</param>
/// <param name="Identity">The SPIFFE ID that it names; null for none.</param>
/// <param name="Key">Its key.</param>
/// <param name="NotBefore">From when; null where it is no certificate.</param>
/// <param name="NotAfter">Until when; null where it is no certificate.</param>
/// <param name="AcceptedAs">As whom it would be accepted; null where it would not.</param>
/// <param name="Reasons">Each reason why not; empty where it would.</param>
internal sealed record Inspection(
    string What, string? Identity, string? Key, DateTimeOffset? NotBefore, DateTimeOffset? NotAfter, string? AcceptedAs, IReadOnlyList<string> Reasons)
{
    /// <param name="pem">The file.</param>
    /// <param name="authorities">Whom the gateway trusts.</param>
    /// <param name="contracts">Contracts in force; null to leave them out.</param>
    /// <param name="staff">Staff; null to leave them out.</param>
    /// <param name="now">The instant that counts.</param>
    public static Inspection Of(string pem, Authorities authorities, Snapshot? contracts, StaffDirectory? staff, DateTimeOffset now)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return Nothing("a PEM whose certificate is damaged", "Get the file again.");
        }

        if (certificates.Count == 0)
        {
            return pem.Contains("CERTIFICATE REQUEST-----", StringComparison.Ordinal)
                ? Nothing("a certificate request", "It is not signed yet: `gateway certs issue --csr` signs it for a contract.")
                : pem.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
                    ? Nothing("a private key", "It proves nothing without its certificate. Keep it secret.")
                    : Nothing("no PEM", "It holds no block that begins with -----BEGIN CERTIFICATE-----.");
        }

        var leaf = certificates[0];
        certificates.RemoveAt(0);
        var judged = CertificateJudge.Judge(leaf, certificates, authorities, now);
        var reasons = judged.Faults.Select(f => HandshakeRefusals.Of(f).Sentence).ToList();
        var acceptedAs = judged.Identity is null ? null : As(judged.Identity, contracts, staff, now, reasons);
        return new Inspection(
            Describe(leaf, certificates.Count),
            judged.Claimed?.Value,
            SpkiHash.Of(leaf).Text,
            new DateTimeOffset(leaf.NotBefore).ToUniversalTime(),
            new DateTimeOffset(leaf.NotAfter).ToUniversalTime(),
            reasons.Count == 0 ? acceptedAs : null,
            reasons);
    }

    /// <summary>The gate's questions that can be asked without a running gateway.</summary>
    private static string As(PeerIdentity identity, Snapshot? contracts, StaffDirectory? staff, DateTimeOffset now, List<string> reasons)
    {
        if (contracts is null)
        {
            return identity.Uri.Value;
        }

        if (staff?.Find(identity.Uri) is { } member)
        {
            Require(identity.Authorities.Contains("staff"), "It was issued by another authority than staff-ca.pem.", reasons);
            return $"staff member {member.Id} ({member.Name})";
        }

        var known = contracts.Of(identity.Uri);
        if (known.IsEmpty)
        {
            reasons.Add("No contract and no line of staff.yaml names its SPIFFE ID.");
            return identity.Uri.Value;
        }

        var contract = contracts.InForce(identity.Uri, now);
        Require(contract is not null, "The agreement of its contract has not begun or has ended.", reasons);
        contract ??= known[^1];
        Require(
            identity.Authorities.Contains(contract.Identity.Authority),
            $"It was issued by another authority than the contract {contract.Name} names: {contract.Identity.Authority}.", reasons);
        Require(
            contract.Identity.Keys.IsEmpty || contract.Identity.Keys.Contains(identity.Key),
            $"The contract {contract.Name} pins its keys, and this one is not among them.", reasons);
        return $"partner {contract.Partner.Id} ({contract.Partner.Name}), contract {contract.Name}";
    }

    private static void Require(bool holds, string otherwise, List<string> reasons)
    {
        if (!holds)
        {
            reasons.Add(otherwise);
        }
    }

    private static string Describe(X509Certificate2 leaf, int more)
    {
        var authority = leaf.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is { CertificateAuthority: true };
        var what = authority ? "a certificate authority's certificate" : "a certificate";
        return (DevelopmentMark.IsOn(leaf) ? $"{what} for development only" : what) + (more > 0 ? $", with {more} more" : "");
    }

    private static Inspection Nothing(string what, string reason) => new(what, null, null, null, null, null, [reason]);
}
