using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>
/// The extension that marks a development certificate: <c>serve</c> refuses one on any address but loopback. Not critical, so that
/// other software can use the certificate; its value is ASN.1 NULL.
/// </summary>
public static class DevelopmentMark
{
    /// <summary>
    /// Under the enterprise number that RFC 5612 sets aside for documentation. Not under the UUID arc 2.25: Go's crypto/x509 refuses a
    /// certificate whose OIDs have arcs beyond 31 bits.
    /// </summary>
    public const string Oid = "1.3.6.1.4.1.32473.1.1";

    /// <summary>True when the certificate is for development.</summary>
    public static bool IsOn(X509Certificate2 certificate) => certificate.Extensions.Any(e => e.Oid?.Value == Oid);

    internal static X509Extension Extension() => new(Oid, [0x05, 0x00], critical: false);
}
