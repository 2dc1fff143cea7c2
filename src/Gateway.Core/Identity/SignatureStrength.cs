using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>Which signatures on a certificate are strong enough: RSA, RSASSA-PSS or ECDSA with SHA-256, SHA-384 or SHA-512. A closed list.</summary>
internal static class SignatureStrength
{
    private const string RsaPss = "1.2.840.113549.1.1.10";

    public static bool IsEnough(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.11" or "1.2.840.113549.1.1.12" or "1.2.840.113549.1.1.13" => true,
        "1.2.840.10045.4.3.2" or "1.2.840.10045.4.3.3" or "1.2.840.10045.4.3.4" => true,
        RsaPss => HasStrongPssHash(certificate),
        _ => false,
    };

    /// <summary>RSASSA-PSS names its hash in the parameters (RFC 4055 §3.1), and means SHA-1 where it names none.</summary>
    private static bool HasStrongPssHash(X509Certificate2 certificate)
    {
        var hashTag = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        try
        {
            var outer = new AsnReader(certificate.RawDataMemory, AsnEncodingRules.DER).ReadSequence();
            outer.ReadEncodedValue();
            var algorithm = outer.ReadSequence();
            algorithm.ReadObjectIdentifier();
            var parameters = algorithm.ReadSequence();
            return parameters.HasData
                && parameters.PeekTag().HasSameClassAndValue(hashTag)
                && parameters.ReadSequence(hashTag).ReadSequence().ReadObjectIdentifier()
                    is "2.16.840.1.101.3.4.2.1" or "2.16.840.1.101.3.4.2.2" or "2.16.840.1.101.3.4.2.3";
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
