using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Listeners;

/// <summary>How much of the gateway a peer can take before any call. The defaults are those in force.</summary>
internal sealed record ListenerLimits
{
    /// <summary>Connections on the partner listener at once, handshakes included. Default 1,000.</summary>
    public int Partners { get; init; } = 1000;

    /// <summary>Connections on the staff listener at once, handshakes included: apart, so that partners cannot shut staff out. Default 100.</summary>
    public int Staff { get; init; } = 100;

    /// <summary>Connections of one identity at once. Default 100.</summary>
    public int PerPeer { get; init; } = 100;

    /// <summary>A handshake ends within this time or the connection does. Default 10 seconds.</summary>
    public TimeSpan Handshake { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Age at which a connection is asked to close (HTTP/2 GOAWAY). Default 1 hour.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Spread of the age, as a share of it in both directions, so that peers do not reconnect together. Default 0.1.</summary>
    public double AgeJitter { get; init; } = 0.1;

    /// <summary>From asking a connection to close until it is cut. Default 30 seconds.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Kestrel's own limits, which hold for every listener: 100 streams a connection, 32 KiB of headers in total, HTTP/2 pings after
    /// 30 seconds of silence answered within 20, and no product name in answers.
    /// </summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        const int headers = 32 * 1024;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = headers;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = headers;
        kestrel.Limits.Http2.MaxStreamsPerConnection = 100;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
    }
}
