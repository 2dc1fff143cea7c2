using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Tests.Identity;

/// <summary>What a test leaf looks like; the defaults make a good one.</summary>
internal sealed record LeafShape
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public string[] Uris { get; init; } = ["spiffe://shop.example/partner/northgate-warehouse"];
    public string[] DnsNames { get; init; } = [];
    public string[]? Usages { get; init; } = [ClientAuthentication];
    public X509KeyUsageFlags? KeyUsage { get; init; } = X509KeyUsageFlags.DigitalSignature;
    public bool IsAuthority { get; init; }
    public DateTimeOffset NotBefore { get; init; } = TimeProvider.System.GetUtcNow().AddHours(-1);
    public DateTimeOffset NotAfter { get; init; } = TimeProvider.System.GetUtcNow().AddHours(1);
    public Func<AsymmetricAlgorithm> Key { get; init; } = () => ECDsa.Create(ECCurve.NamedCurves.nistP256);
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;
    public RSASignaturePadding Padding { get; init; } = RSASignaturePadding.Pkcs1;
    public string? IssuersUrl { get; init; }
}

/// <summary>An authority for tests, that issues also what no authority should.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly AsymmetricAlgorithm _key;

    private TestAuthority(X509Certificate2 certificate, AsymmetricAlgorithm key)
    {
        Certificate = certificate;
        _key = key;
    }

    public X509Certificate2 Certificate { get; }

    public static TestAuthority Create(string name = "Test CA", Func<AsymmetricAlgorithm>? key = null, HashAlgorithmName? hash = null)
    {
        var made = key?.Invoke() ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request($"CN={name}", made, hash ?? HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        AddAuthorityExtensions(request);
        var now = TimeProvider.System.GetUtcNow();
        using var signed = request.CreateSelfSigned(now.AddYears(-5), now.AddYears(5));
        return new TestAuthority(X509CertificateLoader.LoadCertificate(signed.RawData), made);
    }

    public TestAuthority Intermediate(string name, Func<AsymmetricAlgorithm>? key = null, HashAlgorithmName? hash = null)
    {
        var made = key?.Invoke() ?? ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request($"CN={name}", made, hash ?? HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        AddAuthorityExtensions(request);
        var now = TimeProvider.System.GetUtcNow();
        return new TestAuthority(Sign(request, now.AddYears(-1), now.AddYears(1), RSASignaturePadding.Pkcs1), made);
    }

    /// <summary>A leaf with its private key.</summary>
    public X509Certificate2 Issue(LeafShape? wanted = null)
    {
        var shape = wanted ?? new LeafShape();
        using var key = shape.Key();
        var request = Request("CN=leaf", key, shape.Hash, shape.Padding);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(shape.IsAuthority, false, 0, true));
        if (shape.KeyUsage is { } keyUsage)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(keyUsage, true));
        }

        if (shape.Usages is { } usages)
        {
            var oids = new OidCollection();
            foreach (var usage in usages)
            {
                oids.Add(new Oid(usage));
            }

            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, false));
        }

        if (shape.Uris.Length + shape.DnsNames.Length > 0)
        {
            request.CertificateExtensions.Add(Names(shape));
        }

        if (shape.IssuersUrl is { } url)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([url], [url]));
        }

        using var certificate = Sign(request, shape.NotBefore, shape.NotAfter, shape.Padding);
        return key switch
        {
            ECDsa ec => certificate.CopyWithPrivateKey(ec),
            RSA rsa => certificate.CopyWithPrivateKey(rsa),
            _ => throw new NotSupportedException(),
        };
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    /// <summary>Written with AsnWriter, because the framework's builder refuses some of what we must try.</summary>
    private static X509Extension Names(LeafShape shape)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in shape.DnsNames)
            {
                writer.WriteCharacterString(
                    System.Formats.Asn1.UniversalTagNumber.IA5String, name, new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 2));
            }

            foreach (var uri in shape.Uris)
            {
                writer.WriteCharacterString(
                    System.Formats.Asn1.UniversalTagNumber.IA5String, uri, new System.Formats.Asn1.Asn1Tag(System.Formats.Asn1.TagClass.ContextSpecific, 6));
            }
        }

        return new X509Extension("2.5.29.17", writer.Encode(), critical: false);
    }

    private static CertificateRequest Request(string subject, AsymmetricAlgorithm key, HashAlgorithmName hash, RSASignaturePadding padding) => key switch
    {
        ECDsa ec => new CertificateRequest(subject, ec, hash),
        RSA rsa => new CertificateRequest(subject, rsa, hash, padding),
        _ => throw new NotSupportedException(),
    };

    private static void AddAuthorityExtensions(CertificateRequest request)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter, RSASignaturePadding padding)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        var generator = _key switch
        {
            RSA rsa when request.HashAlgorithm == HashAlgorithmName.SHA1 || request.HashAlgorithm == HashAlgorithmName.MD5 =>
                new WeakSignatures(rsa, padding),
            ECDsa ec => X509SignatureGenerator.CreateForECDsa(ec),
            RSA rsa => X509SignatureGenerator.CreateForRSA(rsa, padding),
            _ => throw new NotSupportedException(),
        };
        return request.Create(Certificate.SubjectName, generator, notBefore, notAfter, RandomNumberGenerator.GetBytes(12));
    }
}

/// <summary>Signs with SHA-1 or MD5, which the framework's generators refuse.</summary>
internal sealed class WeakSignatures(RSA key, RSASignaturePadding padding) : X509SignatureGenerator
{
    public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            if (padding == RSASignaturePadding.Pss)
            {
                // No parameters: SHA-1, MGF1 with SHA-1, salt of 20 bytes (RFC 4055).
                writer.WriteObjectIdentifier("1.2.840.113549.1.1.10");
                writer.PushSequence().Dispose();
            }
            else
            {
                writer.WriteObjectIdentifier(hashAlgorithm == HashAlgorithmName.SHA1 ? "1.2.840.113549.1.1.5" : "1.2.840.113549.1.1.4");
                writer.WriteNull();
            }
        }

        return writer.Encode();
    }

    public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, hashAlgorithm, padding);

    protected override PublicKey BuildPublicKey() => new(key);
}
