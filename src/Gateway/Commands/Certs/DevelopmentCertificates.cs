using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Commands.Certs;

/// <summary>
/// The certificates of the demo: a server, the demo's partners and staff, each under an authority of its own. Every one carries
/// <see cref="DevelopmentMark"/>. What is there and good for another <see cref="s_renewBefore"/> is kept.
/// </summary>
internal static class DevelopmentCertificates
{
    private static readonly TimeSpan s_authorityLifetime = TimeSpan.FromDays(3650);
    private static readonly TimeSpan s_leafLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan s_renewBefore = TimeSpan.FromDays(30);

    /// <summary>Ids of the demo's partners.</summary>
    public static IReadOnlyList<string> Partners { get; } =
    [
        "northgate-warehouse", "southgate-warehouse", "harbour-carrier", "cedar-payments", "meridian-mail", "lantern-downloads", "account-site",
        "prism-statistics",
    ];

    /// <summary>Ids of the demo's staff.</summary>
    public static IReadOnlyList<string> Staff { get; } = ["security-analyst", "privacy-officer", "operator", "legal-counsel"];

    /// <summary>Makes what is absent, near its end or not of its authority. Gives the names of the files it wrote, without extension.</summary>
    public static IReadOnlyList<string> Write(DirectoryInfo folder, TimeProvider clock)
    {
        folder.Create();
        var now = clock.GetUtcNow();
        var written = new List<string>();

        using (var authority = EnsureAuthority(folder, "ca", "ca", "Gateway development server CA", now, written))
        {
            EnsureLeaf(folder, "server", authority, now, written, key => authority.IssueServer(
                key, ["localhost"], [IPAddress.Loopback, IPAddress.IPv6Loopback], now, s_leafLifetime));
        }

        using (var authority = EnsureAuthority(folder, "partners-ca", "partners", "Gateway development partners CA", now, written))
        {
            EnsureClients(folder, Partners, "partner", authority, now, written);
        }

        using (var authority = EnsureAuthority(folder, "staff-ca", "staff", "Gateway development staff CA", now, written))
        {
            EnsureClients(folder, Staff, "staff", authority, now, written);
        }

        return written;
    }

    private static void EnsureClients(
        DirectoryInfo folder, IReadOnlyList<string> ids, string kind, IssuingAuthority authority, DateTimeOffset now, List<string> written)
    {
        foreach (var id in ids)
        {
            if (!SpiffeId.TryParse($"spiffe://shop.example/{kind}/{id}", out var identity))
            {
                throw new InvalidOperationException($"{id} makes no SPIFFE ID.");
            }

            EnsureLeaf(folder, id, authority, now, written, key => authority.IssueClient(
                key, new X500DistinguishedName($"CN={id}"), identity, now, s_leafLifetime));
        }
    }

    private static IssuingAuthority EnsureAuthority(
        DirectoryInfo folder, string name, string what, string commonName, DateTimeOffset now, List<string> written)
    {
        if (Load(folder, name, now) is { } existing)
        {
            return new IssuingAuthority(existing);
        }

        var made = IssuingAuthority.CreateForDevelopment($"{commonName} ({what})", now, s_authorityLifetime);
        using var key = made.Certificate.GetECDsaPrivateKey()!;
        Save(folder, name, made.Certificate, key, written);
        return made;
    }

    private static void EnsureLeaf(
        DirectoryInfo folder, string name, IssuingAuthority authority, DateTimeOffset now, List<string> written, Func<PublicKey, X509Certificate2> issue)
    {
        using var existing = Load(folder, name, now);
        if (existing is not null && IsIssuedBy(existing, authority.Certificate))
        {
            return;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = issue(new PublicKey(key));
        Save(folder, name, certificate, key, written);
    }

    private static bool IsIssuedBy(X509Certificate2 leaf, X509Certificate2 authority)
    {
        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        return chain.Build(leaf);
    }

    /// <summary>The pair of files, or null when one is missing, unreadable or near its end.</summary>
    /// <exception cref="CommandFailure">The certificate is none of ours: it is never overwritten.</exception>
    private static X509Certificate2? Load(DirectoryInfo folder, string name, DateTimeOffset now)
    {
        var pem = Path.Combine(folder.FullName, name + ".pem");
        var key = Path.Combine(folder.FullName, name + ".key");
        if (!File.Exists(pem) || !File.Exists(key))
        {
            return null;
        }

        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(pem, key);
            if (!DevelopmentMark.IsOn(certificate))
            {
                certificate.Dispose();
                throw new CommandFailure(
                    ExitCode.InvalidConfiguration, $"{pem} is no development certificate, and is not overwritten", "name another folder with --out");
            }

            if (certificate.NotBefore <= now.LocalDateTime && certificate.NotAfter > (now + s_renewBefore).LocalDateTime)
            {
                return certificate;
            }

            certificate.Dispose();
            return null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static void Save(DirectoryInfo folder, string name, X509Certificate2 certificate, ECDsa key, List<string> written)
    {
        PrivateFile.WriteKey(Path.Combine(folder.FullName, name + ".key"), key.ExportPkcs8PrivateKeyPem() + "\n");
        PrivateFile.WriteCertificate(Path.Combine(folder.FullName, name + ".pem"), certificate.ExportCertificatePem() + "\n");
        written.Add(name);
    }
}
