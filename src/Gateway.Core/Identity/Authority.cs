using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>An authority that a contract names: one or several self-signed roots, so that a root can be rolled over.</summary>
public sealed record Authority(string Name, ImmutableArray<X509Certificate2> Roots)
{
    /// <summary>Reads an authority from PEM text; other PEM blocks than certificates are passed over.</summary>
    /// <exception cref="InvalidAuthorityException">It holds no certificate, or one that is no strong self-signed CA.</exception>
    public static Authority Parse(string name, string pem)
    {
        var roots = new X509Certificate2Collection();
        try
        {
            roots.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new InvalidAuthorityException($"{name}-ca.pem is not PEM: {e.Message}");
        }

        if (roots.Count == 0)
        {
            throw new InvalidAuthorityException($"{name}-ca.pem holds no certificate.");
        }

        foreach (var root in roots)
        {
            if (root.Extensions.OfType<X509BasicConstraintsExtension>().FirstOrDefault() is not { CertificateAuthority: true })
            {
                throw new InvalidAuthorityException($"{name}-ca.pem holds a certificate that is no CA (basicConstraints).");
            }

            if (!root.SubjectName.RawData.AsSpan().SequenceEqual(root.IssuerName.RawData))
            {
                throw new InvalidAuthorityException(
                    $"{name}-ca.pem holds an intermediate. Put the self-signed root there; clients send intermediates along.");
            }

            if (!KeyStrength.IsEnough(root.PublicKey))
            {
                throw new InvalidAuthorityException($"{name}-ca.pem holds a weak key: RSA from 2,048 bits, or P-256, P-384, P-521.");
            }
        }

        return new Authority(name, [.. roots]);
    }
}

/// <summary>A file that should hold an authority does not. The message says what is wrong with it.</summary>
public sealed class InvalidAuthorityException(string message) : Exception(message);
