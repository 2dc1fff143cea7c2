using System.Collections.Frozen;
using System.Net;
using Gateway.Core.Log;

namespace Gateway.Core.Identity;

/// <summary>Who is at the other end of a connection, fixed once at the handshake. Immutable.</summary>
/// <param name="Uri">The certificate's one SPIFFE ID.</param>
/// <param name="Authorities">Names of the authorities whose root ends its chain; more than one where authorities share a root.</param>
/// <param name="Key">Hash of its public key.</param>
/// <param name="Serial">Certificate serial number, big-endian.</param>
/// <param name="NotBefore">First instant of the certificate.</param>
/// <param name="NotAfter">Last instant of the certificate.</param>
public sealed record PeerIdentity(
    SpiffeId Uri, FrozenSet<string> Authorities, SpkiHash Key, ReadOnlyMemory<byte> Serial, DateTimeOffset NotBefore, DateTimeOffset NotAfter);

/// <summary>A connection of a partner: identity and where it comes from. Set as a connection feature after the handshake.</summary>
/// <param name="Id">The server's id of the connection.</param>
/// <param name="Identity">Who.</param>
/// <param name="Remote">From where.</param>
/// <param name="Opened">Since when.</param>
public sealed record PeerConnection(string Id, PeerIdentity Identity, IPEndPoint Remote, DateTimeOffset Opened)
{
    /// <summary>How often it was refused of late.</summary>
    public RefusalWindow Refusals { get; } = new();

    private CallerFacts? _facts;

    /// <summary>What the log tells of the caller: made once for the connection, and anew only where a contract gives it another name.</summary>
    internal CallerFacts FactsFor(string partner)
    {
        var facts = _facts;
        return facts?.Partner == partner ? facts : _facts = new CallerFacts(partner, this);
    }
}
