using System.Collections.Immutable;
using System.Net;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Telemetry;

namespace Gateway.Listeners;

/// <summary>A refused handshake, as the operator sees it. Holds nothing that the peer wrote.</summary>
/// <param name="Time">When.</param>
/// <param name="Listener">Where.</param>
/// <param name="Reason">Why.</param>
/// <param name="Remote">From where.</param>
/// <param name="Partner">Partner id where the certificate claims one that a contract knows, else <see cref="Attributes.Other"/>; empty for no claim.</param>
/// <param name="Key">The key presented; null for none.</param>
internal sealed record RefusedHandshake(
    DateTimeOffset Time, ListenerKind Listener, HandshakeRefusal Reason, IPEndPoint Remote, string Partner, SpkiHash? Key);

/// <summary>
/// Refused handshakes: counted all, logged up to <see cref="LogPerSecond"/> a second with a line that tells how many more there were,
/// and the last <see cref="Kept"/> kept for the operator. Safe for many threads.
/// </summary>
internal sealed partial class RefusedHandshakes(SnapshotHolder contracts, TimeProvider clock, ILogger<RefusedHandshakes> logger)
{
    public const int Kept = 100;
    public const int LogPerSecond = 10;

    private readonly Lock _lock = new();
    private readonly Queue<RefusedHandshake> _last = new(Kept);
    private long _second;
    private int _logged;
    private int _suppressed;

    /// <summary>The last ones, newest first.</summary>
    public ImmutableArray<RefusedHandshake> Last
    {
        get
        {
            lock (_lock)
            {
                return [.. _last.Reverse()];
            }
        }
    }

    public void Add(ListenerKind listener, HandshakeRefusal reason, IPEndPoint remote, SpiffeId? claimed, SpkiHash? key)
    {
        var now = clock.GetUtcNow();
        var name = HandshakeRefusals.Of(reason).Name;
        var refused = new RefusedHandshake(now, listener, reason, remote, PartnerOf(claimed), key);
        Instruments.HandshakesRefused.Add(
            1, new KeyValuePair<string, object?>(Attributes.HandshakeReason, name), new KeyValuePair<string, object?>(Attributes.Listener, Name(listener)));
        var (log, suppressed) = Keep(refused, now.ToUnixTimeSeconds());
        if (suppressed > 0)
        {
            Log.Suppressed(logger, suppressed);
        }

        if (log)
        {
            Log.Refused(logger, Name(listener), name, remote.Address, refused.Partner.Length > 0 ? refused.Partner : "nobody", key?.Text ?? "none");
        }
    }

    /// <summary>The listener's name in metrics, logs and the command line.</summary>
    public static string Name(ListenerKind listener) => listener switch
    {
        ListenerKind.Partners => "partners",
        ListenerKind.Staff => "staff",
        _ => "local",
    };

    private (bool Log, int Suppressed) Keep(RefusedHandshake refused, long second)
    {
        lock (_lock)
        {
            if (_last.Count == Kept)
            {
                _last.Dequeue();
            }

            _last.Enqueue(refused);
            var suppressed = 0;
            if (second != _second)
            {
                (_second, _logged, suppressed, _suppressed) = (second, 0, _suppressed, 0);
            }

            if (_logged == LogPerSecond)
            {
                _suppressed++;
                return (false, suppressed);
            }

            _logged++;
            return (true, suppressed);
        }
    }

    private string PartnerOf(SpiffeId? claimed)
    {
        if (claimed is null)
        {
            return "";
        }

        var known = contracts.Current.Of(claimed.Value);
        return known.IsEmpty ? Attributes.Other : known[0].Partner.Id;
    }

    private static partial class Log
    {
        [LoggerMessage(1120, LogLevel.Warning,
            "Handshake refused on {Listener}: {Reason} from {Address}, claiming {Partner}, key {Key}.", EventName = "HandshakeRefused")]
        public static partial void Refused(ILogger logger, string listener, string reason, IPAddress address, string partner, string key);

        [LoggerMessage(1121, LogLevel.Warning, "{Count} more refused handshakes were not logged one by one.", EventName = "HandshakesRefusedSuppressed")]
        public static partial void Suppressed(ILogger logger, int count);
    }
}
