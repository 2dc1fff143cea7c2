using System.Collections.Immutable;
using Gateway.Core.Identity;

namespace Gateway.Listeners;

/// <summary>
/// Every open connection that has proven who it is, so that it can be counted and cut: Kestrel looks at a certificate once a
/// connection, and a connection can last. Also remembers which keys came, since the start of the process. Safe for many threads.
/// </summary>
internal sealed partial class ConnectionRegistry(TimeProvider clock, ILogger<ConnectionRegistry> logger)
{
    /// <summary>Keys remembered of one identity; the one not seen for longest is forgotten.</summary>
    private const int KeysPerPeer = 32;

    /// <summary>Identities remembered; beyond it those without an open connection are forgotten.</summary>
    private const int Peers = 4096;

    private readonly Lock _lock = new();
    private readonly Dictionary<SpiffeId, Peer> _peers = [];

    /// <summary>Enters a connection; false when its identity has <paramref name="limit"/> already.</summary>
    public bool TryEnter(OpenConnection connection, int limit)
    {
        var identity = connection.Peer.Identity;
        lock (_lock)
        {
            if (!_peers.TryGetValue(identity.Uri, out var peer))
            {
                Forget();
                _peers.Add(identity.Uri, peer = new Peer());
            }

            peer.See(identity, clock.GetUtcNow());
            return peer.Open.Count < limit && peer.Open.Add(connection);
        }
    }

    /// <summary>The connection has ended.</summary>
    public void Leave(OpenConnection connection)
    {
        var identity = connection.Peer.Identity;
        lock (_lock)
        {
            var peer = _peers[identity.Uri];
            peer.Open.Remove(connection);
            peer.See(identity, clock.GetUtcNow());
        }
    }

    /// <summary>All open connections.</summary>
    public ImmutableArray<OpenConnection> Open
    {
        get
        {
            lock (_lock)
            {
                return [.. _peers.Values.SelectMany(p => p.Open)];
            }
        }
    }

    /// <summary>Open connections of an identity.</summary>
    public ImmutableArray<OpenConnection> Of(SpiffeId uri)
    {
        lock (_lock)
        {
            return _peers.TryGetValue(uri, out var peer) ? [.. peer.Open] : [];
        }
    }

    /// <summary>Keys of an identity, the one seen last first.</summary>
    public ImmutableArray<SeenKey> KeysOf(SpiffeId uri)
    {
        lock (_lock)
        {
            return _peers.TryGetValue(uri, out var peer) ? [.. peer.Keys.Values.OrderByDescending(k => k.Last)] : [];
        }
    }

    /// <summary>Cuts every connection of an identity. Gives how many.</summary>
    public int Cut(SpiffeId uri, string because) => CutWhere(c => c.Peer.Identity.Uri == uri, because);

    /// <summary>Cuts one connection; nothing happens where it has ended.</summary>
    public void Cut(PeerConnection connection, string because = "it goes on being refused") =>
        CutWhere(c => ReferenceEquals(c.Peer, connection), because);

    /// <summary>Cuts every connection made with a key. Gives how many.</summary>
    public int CutKey(SpkiHash key, string because) => CutWhere(c => c.Peer.Identity.Key.Equals(key), because);

    /// <summary>Cuts every connection that matches. Gives how many.</summary>
    public int CutWhere(Func<OpenConnection, bool> matches, string because)
    {
        var cut = Open.Where(matches).ToList();
        foreach (var connection in cut)
        {
            connection.Cut(because);
            Log.Cut(logger, connection.Peer.Id, connection.Listener, because);
        }

        return cut.Count;
    }

    /// <summary>An authority run by a partner can issue any number of identities: they must not fill the memory.</summary>
    private void Forget()
    {
        if (_peers.Count < Peers)
        {
            return;
        }

        foreach (var (uri, peer) in _peers)
        {
            if (peer.Open.Count == 0)
            {
                _peers.Remove(uri);
            }
        }
    }

    private sealed class Peer
    {
        public HashSet<OpenConnection> Open { get; } = [];

        public Dictionary<SpkiHash, SeenKey> Keys { get; } = [];

        public void See(PeerIdentity identity, DateTimeOffset now)
        {
            Keys[identity.Key] = Keys.TryGetValue(identity.Key, out var seen)
                ? seen with { Last = now, NotAfter = identity.NotAfter }
                : new SeenKey(identity.Key, now, now, identity.NotAfter);
            if (Keys.Count > KeysPerPeer)
            {
                Keys.Remove(Keys.Values.MinBy(k => k.Last)!.Key);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1110, LogLevel.Warning, "Connection {Connection} on {Listener} cut: {Because}.", EventName = "ConnectionCut")]
        public static partial void Cut(ILogger logger, string connection, ListenerKind listener, string because);
    }
}

/// <summary>A key that an identity has used.</summary>
/// <param name="Key">Which.</param>
/// <param name="First">First seen since the process started.</param>
/// <param name="Last">Last seen: a connection with it opened or ended.</param>
/// <param name="NotAfter">Last instant of the certificate that carried it last.</param>
internal sealed record SeenKey(SpkiHash Key, DateTimeOffset First, DateTimeOffset Last, DateTimeOffset NotAfter);
