using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>Which public keys are strong enough: RSA from 2,048 bits; EC on the named curves P-256, P-384, P-521; nothing else.</summary>
public static class KeyStrength
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string EllipticCurve = "1.2.840.10045.2.1";
    private const int MinimumRsaBits = 2048;

    public static bool IsEnough(PublicKey key)
    {
        try
        {
            return key.Oid.Value switch
            {
                Rsa => key.GetRSAPublicKey() is { } rsa && HasSize(rsa),
                EllipticCurve => IsNistCurve(key.EncodedParameters),
                _ => false,
            };
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return false;
        }
    }

    private static bool HasSize(RSA rsa)
    {
        using (rsa)
        {
            return rsa.KeySize >= MinimumRsaBits;
        }
    }

    /// <summary>Explicit parameters are no OID, and so are refused.</summary>
    private static bool IsNistCurve(AsnEncodedData? parameters) =>
        parameters is not null
        && AsnDecoder.ReadObjectIdentifier(parameters.RawData, AsnEncodingRules.DER, out _)
            is "1.2.840.10045.3.1.7" or "1.3.132.0.34" or "1.3.132.0.35";
}
