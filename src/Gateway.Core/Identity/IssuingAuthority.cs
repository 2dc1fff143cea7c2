using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>
/// A certificate authority with its key: signs servers' and clients' certificates in the shape that the gateway accepts. Signatures
/// are ECDSA or RSA with SHA-256. Owns the certificate it is given.
/// </summary>
public sealed class IssuingAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Set back from now, so that a peer whose clock runs behind accepts a new certificate.</summary>
    private static readonly TimeSpan s_backdate = TimeSpan.FromMinutes(5);

    private readonly bool _development;

    /// <param name="certificate">A CA certificate with its private key.</param>
    /// <exception cref="ArgumentException">It is no CA, or its key is not there.</exception>
    public IssuingAuthority(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey || certificate.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
        {
            throw new ArgumentException("Not a CA certificate with its private key.", nameof(certificate));
        }

        Certificate = certificate;
        _development = DevelopmentMark.IsOn(certificate);
    }

    /// <summary>The authority's certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A new self-signed root for development, marked as such.</summary>
    public static IssuingAuthority CreateForDevelopment(string commonName, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(DevelopmentMark.Extension());
        return new IssuingAuthority(request.CreateSelfSigned(now - s_backdate, now + lifetime));
    }

    /// <summary>A certificate for a TLS server under these names and addresses. It carries no private key.</summary>
    public X509Certificate2 IssueServer(
        PublicKey key, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses, DateTimeOffset now, TimeSpan lifetime)
    {
        var san = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            san.AddDnsName(name);
        }

        foreach (var address in addresses)
        {
            san.AddIpAddress(address);
        }

        return Issue(new X500DistinguishedName($"CN={names[0]}"), key, san, ServerAuthentication, now, lifetime);
    }

    /// <summary>A certificate for a client whose identity is <paramref name="identity"/> (an X.509-SVID). It carries no private key.</summary>
    public X509Certificate2 IssueClient(
        PublicKey key, X500DistinguishedName subject, SpiffeId identity, DateTimeOffset now, TimeSpan lifetime)
    {
        var san = new SubjectAlternativeNameBuilder();
        san.AddUri(new Uri(identity.Value));
        return Issue(subject, key, san, LeafProfile.ClientAuthentication, now, lifetime);
    }

    private X509Certificate2 Issue(
        X500DistinguishedName subject, PublicKey key, SubjectAlternativeNameBuilder san, string usage, DateTimeOffset now, TimeSpan lifetime)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(san.Build());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(key, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (_development)
        {
            request.CertificateExtensions.Add(DevelopmentMark.Extension());
        }

        var notBefore = Later(now - s_backdate, new DateTimeOffset(Certificate.NotBefore));
        var notAfter = Earlier(now + lifetime, new DateTimeOffset(Certificate.NotAfter));
        return request.Create(Certificate.SubjectName, Generator(), notBefore, notAfter, NewSerial());
    }

    private X509SignatureGenerator Generator() =>
        Certificate.GetECDsaPrivateKey() is { } ec ? X509SignatureGenerator.CreateForECDsa(ec)
        : Certificate.GetRSAPrivateKey() is { } rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1)
        : throw new InvalidOperationException("The authority's key is neither ECDSA nor RSA.");

    /// <summary>16 random bytes, positive and without a leading zero, as RFC 5280 §4.1.2.2 wants them.</summary>
    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        return serial;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    public void Dispose() => Certificate.Dispose();
}
