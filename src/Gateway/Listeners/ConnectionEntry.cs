using System.Net.Security;
using Gateway.Core.Identity;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Gateway.Listeners;

/// <summary>
/// Stands inside TLS: fixes the identity as a connection feature and enters the connection in the registry while it lasts. A
/// connection without a proven identity goes no further.
/// </summary>
internal sealed class ConnectionEntry(ListenerKind listener, ListenerLimits limits, ConnectionRegistry registry, TimeProvider clock)
{
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var handshake = connection.Features.GetRequiredFeature<Handshake>();
        var protocol = connection.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default;
        if (listener == ListenerKind.Partners && !protocol.Span.SequenceEqual(SslApplicationProtocol.Http2.Protocol.Span))
        {
            handshake.Refuse(HandshakeRefusal.WrongApplicationProtocol);
        }

        if (handshake.Judgement is not { Identity: { } identity, Root: { } root })
        {
            handshake.Refuse(HandshakeRefusal.NoCertificate);
            connection.Abort();
            return;
        }

        var now = clock.GetUtcNow();
        var peer = new PeerConnection(connection.ConnectionId, identity, HandshakeWatch.RemoteOf(connection), now);
        var open = new OpenConnection(connection, peer, listener, root, now + AgeWithJitter());
        if (handshake.Refusal is not null || !registry.TryEnter(open, limits.PerPeer))
        {
            handshake.Refuse(HandshakeRefusal.TooManyConnections);
            connection.Abort();
            return;
        }

        handshake.Completed = true;
        connection.Features.Set(peer);
        try
        {
            await next(connection);
        }
        finally
        {
            registry.Leave(open);
        }
    }

    private TimeSpan AgeWithJitter() => limits.MaximumAge * (1 + (limits.AgeJitter * ((Random.Shared.NextDouble() * 2) - 1)));
}
