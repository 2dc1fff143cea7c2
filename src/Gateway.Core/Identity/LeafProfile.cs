using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>What a leaf certificate itself must be, whoever issued it: the X.509-SVID profile of SPIFFE, narrowed to client authentication.</summary>
internal static class LeafProfile
{
    internal const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Faults of the certificate alone, without its chain and dates.</summary>
    public static IEnumerable<HandshakeRefusal> FaultsOf(X509Certificate2 leaf)
    {
        var usage = leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault()?.KeyUsages ?? X509KeyUsageFlags.None;
        if (leaf.Extensions.OfType<X509BasicConstraintsExtension>().Any(b => b.CertificateAuthority)
            || (usage & (X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign)) != X509KeyUsageFlags.None)
        {
            yield return HandshakeRefusal.AuthorityAsLeaf;
        }

        if ((usage & X509KeyUsageFlags.DigitalSignature) == X509KeyUsageFlags.None)
        {
            yield return HandshakeRefusal.NoDigitalSignature;
        }

        // Absent means "any" to the framework, and anyExtendedKeyUsage to some issuers: to us neither is clientAuth.
        if (!leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(e => e.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()
            .Any(oid => oid.Value == ClientAuthentication)))
        {
            yield return HandshakeRefusal.NoClientAuthentication;
        }

        if (IdentityOf(leaf) is null)
        {
            yield return HandshakeRefusal.NotOneSpiffeUri;
        }

        if (!KeyStrength.IsEnough(leaf.PublicKey))
        {
            yield return HandshakeRefusal.WeakKey;
        }

        if (!SignatureStrength.IsEnough(leaf))
        {
            yield return HandshakeRefusal.WeakSignature;
        }
    }

    /// <summary>The one URI, where it is a well-formed SPIFFE ID; names of other kinds may stand beside it.</summary>
    public static SpiffeId? IdentityOf(X509Certificate2 leaf) =>
        UriNames.Of(leaf) is [var only] && SpiffeId.TryParse(only, out var id) ? id : null;
}
