using System.Net;
using Gateway.Core.Identity;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Listeners;

/// <summary>
/// Stands outside TLS: limits how many connections there are and notes each whose handshake did not complete, whatever the reason.
/// One instance a listener.
/// </summary>
internal sealed class HandshakeWatch(ListenerKind listener, int limit, TimeSpan timeout, RefusedHandshakes refused, TimeProvider clock)
{
    /// <summary>The framework's timer is coarser than the clock that we measure with, and can go off a little early.</summary>
    private static readonly TimeSpan s_timerTolerance = TimeSpan.FromMilliseconds(50);

    private int _connections;

    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var handshake = new Handshake();
        connection.Features.Set(handshake);
        var started = clock.GetTimestamp();
        var overLimit = Interlocked.Increment(ref _connections) > limit;
        try
        {
            if (overLimit)
            {
                handshake.Refuse(HandshakeRefusal.TooManyConnections);
                connection.Abort();
                return;
            }

            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
            if (!handshake.Completed)
            {
                var reason = handshake.Refusal
                    ?? (clock.GetElapsedTime(started) >= timeout - s_timerTolerance ? HandshakeRefusal.Timeout : HandshakeRefusal.HandshakeFailed);
                refused.Add(listener, reason, RemoteOf(connection), handshake.Judgement?.Claimed, handshake.Key);
            }
        }
    }

    /// <summary>The peer's address, IPv4 written as such also on a dual-stack socket.</summary>
    public static IPEndPoint RemoteOf(ConnectionContext connection) => connection.RemoteEndPoint switch
    {
        IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped => new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port),
        IPEndPoint plain => plain,
        _ => new IPEndPoint(IPAddress.None, 0),
    };
}
