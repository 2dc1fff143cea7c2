using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Listeners;

/// <summary>What handshakes need: the server's certificate and whom each listener trusts. Immutable; taken once a handshake.</summary>
internal sealed record TlsMaterial(ServerCertificate Server, Authorities Partners, Authorities Staff)
{
    /// <summary>Whom this listener trusts.</summary>
    public Authorities TrustedBy(ListenerKind listener) => listener switch
    {
        ListenerKind.Partners => Partners,
        ListenerKind.Staff => Staff,
        _ => Authorities.None,
    };
}

/// <summary>The server's certificate, with the context that the framework caches for it.</summary>
internal sealed record ServerCertificate(X509Certificate2 Certificate, SslStreamCertificateContext Context);

/// <summary>The material in force. The reloader alone swaps it.</summary>
internal sealed class TlsMaterialHolder(CertificateFolder folder)
{
    private volatile TlsMaterial _current = folder.Refresh();

    /// <summary>The material in force now.</summary>
    public TlsMaterial Current => _current;

    /// <summary>Puts <paramref name="next"/> in force for the handshakes that follow.</summary>
    public void Swap(TlsMaterial next) => _current = next;
}
