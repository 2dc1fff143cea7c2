using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Listeners;

/// <summary>
/// The certificates folder: server.pem and server.key, staff-ca.pem, and NAME-ca.pem for each authority that a contract names. A
/// partner's authority that is missing or broken costs that authority's partners, not the start. Used by one thread at a time.
/// </summary>
internal sealed class CertificateFolder(DirectoryInfo folder, SnapshotHolder contracts, TimeProvider clock)
{
    /// <summary>Name of the authority of staff.</summary>
    public const string StaffAuthority = "staff";

    private readonly Dictionary<string, WatchedFiles<Authority>> _authorities = new(StringComparer.Ordinal);
    private readonly WatchedFiles<ServerCertificate> _server = new(
        [Path.Combine(folder.FullName, "server.pem"), Path.Combine(folder.FullName, "server.key")], texts => ParseServer(texts, clock));

    private TlsMaterial? _material;
    private ImmutableArray<string> _problems = [];

    /// <summary>What is wrong in the folder now; the last good content is in force where there was one. Read by any thread.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Reads what changed. Gives the material that is now in force: the same instance when nothing changed.</summary>
    /// <exception cref="InvalidCertificatesException">The server's certificate or the staff authority never was good.</exception>
    public TlsMaterial Refresh()
    {
        var changed = _server.Refresh();
        var wanted = contracts.Current.Contracts.Select(c => c.Identity.Authority).Append(StaffAuthority).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _authorities.Keys.Except(wanted, StringComparer.Ordinal).ToList())
        {
            changed |= _authorities.Remove(gone);
        }

        foreach (var name in wanted)
        {
            if (!_authorities.TryGetValue(name, out var authority))
            {
                authority = new WatchedFiles<Authority>([Path.Combine(folder.FullName, name + "-ca.pem")], texts => ParseAuthority(name, texts[0]));
                _authorities.Add(name, authority);
                changed = true;
            }

            changed |= authority.Refresh();
        }

        if (changed || _material is null)
        {
            _problems = [.. _authorities.Values.Select(a => a.Problem).Prepend(_server.Problem).OfType<string>()];
            _material = new TlsMaterial(
                _server.Value ?? throw new InvalidCertificatesException(_server.Problem!),
                new Authorities(_authorities.Where(a => a.Key != StaffAuthority).Select(a => a.Value.Value).OfType<Authority>()),
                new Authorities([_authorities[StaffAuthority].Value ?? throw new InvalidCertificatesException(_authorities[StaffAuthority].Problem!)]));
        }

        return _material;
    }

    private static Authority ParseAuthority(string name, string pem)
    {
        try
        {
            return Authority.Parse(name, pem);
        }
        catch (InvalidAuthorityException e)
        {
            throw new InvalidCertificatesException(e.Message);
        }
    }

    private static ServerCertificate ParseServer(IReadOnlyList<string> texts, TimeProvider clock)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(texts[0], texts[1]);
            if (new DateTimeOffset(certificate.NotAfter) < clock.GetUtcNow())
            {
                throw new InvalidCertificatesException("server.pem has expired.");
            }

            var sent = new X509Certificate2Collection();
            sent.ImportFromPem(texts[0]);
            sent.RemoveAt(0);
            return new ServerCertificate(certificate, SslStreamCertificateContext.Create(certificate, sent, offline: true));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new InvalidCertificatesException($"server.pem and server.key are not a certificate and its key: {e.Message}");
        }
    }
}
