using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>
/// The extension that marks a development certificate: <c>serve</c> refuses one on any address but loopback. Not critical, so that
/// other software can use the certificate; its value is ASN.1 NULL.
/// </summary>
public static class DevelopmentMark
{
    /// <summary>An OID under the UUID arc 2.25 (ITU-T X.667), which needs no registration. Documented here alone.</summary>
    public const string Oid = "2.25.278314680931772841519870561194502736518";

    /// <summary>True when the certificate is for development.</summary>
    public static bool IsOn(X509Certificate2 certificate) => certificate.Extensions.Any(e => e.Oid?.Value == Oid);

    internal static X509Extension Extension() => new(Oid, [0x05, 0x00], critical: false);
}
