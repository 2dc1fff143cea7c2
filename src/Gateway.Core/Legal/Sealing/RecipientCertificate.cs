using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Core.Legal.Sealing;

/// <summary>Which certificates a file may be sealed for.</summary>
public static class RecipientCertificate
{
    /// <summary>Reads a certificate, DER.</summary>
    /// <param name="der">Its bytes.</param>
    /// <param name="now">Must lie within its dates.</param>
    /// <returns>The certificate, which the caller disposes; or null and why not, for the one who named it.</returns>
    public static (X509Certificate2? Certificate, string? Fault) Read(ReadOnlySpan<byte> der, DateTimeOffset now)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException)
        {
            return (null, "This is no certificate. Name the recipient's, PEM or DER.");
        }

        if (FaultOf(certificate, now) is { } fault)
        {
            certificate.Dispose();
            return (null, fault);
        }

        return (certificate, null);
    }

    private static string? FaultOf(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (!KeyStrength.IsEnough(certificate.PublicKey))
        {
            return "The recipient's key is too weak or of a kind that nothing is sealed for: RSA from 2,048 bits, or EC on P-256, P-384 or P-521.";
        }

        if (now < new DateTimeOffset(certificate.NotBefore) || now > new DateTimeOffset(certificate.NotAfter))
        {
            return "The recipient's certificate is outside its dates. Ask the recipient for a new one.";
        }

        var usage = certificate.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault();
        var needed = certificate.GetKeyAlgorithm() == Oids.EcPublicKey ? X509KeyUsageFlags.KeyAgreement : X509KeyUsageFlags.KeyEncipherment;
        return usage is not null && !usage.KeyUsages.HasFlag(needed)
            ? $"The recipient's certificate is not for encryption: its key usage lacks {(needed == X509KeyUsageFlags.KeyAgreement ? "keyAgreement" : "keyEncipherment")}. Ask for one that is."
            : null;
    }
}
