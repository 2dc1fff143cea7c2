using Gateway.Core.Identity;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Gateway.Listeners;

/// <summary>A connection that has proven who it is. Owned by the connection; entered in the registry while it is open.</summary>
/// <param name="connection">The transport's connection.</param>
/// <param name="peer">Who and from where.</param>
/// <param name="listener">The listener it came in on.</param>
/// <param name="root">The root at the end of its chain, as <see cref="Authorities.RootHash"/> names it.</param>
/// <param name="closeAt">When it reaches its maximum age.</param>
internal sealed class OpenConnection(
    ConnectionContext connection, PeerConnection peer, ListenerKind listener, string root, DateTimeOffset closeAt)
{
    private int _asked;

    public PeerConnection Peer { get; } = peer;

    public ListenerKind Listener { get; } = listener;

    public string Root { get; } = root;

    public DateTimeOffset CloseAt { get; } = closeAt;

    /// <summary>Ends the connection and every call on it at once.</summary>
    public void Cut(string because) => connection.Abort(new ConnectionAbortedException($"The gateway cut the connection: {because}."));

    /// <summary>Asks the peer to open no more calls on it (HTTP/2 GOAWAY); calls that run go on. Only the first time does anything.</summary>
    public void AskToClose()
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        }
    }
}
