using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gateway.Listeners;

/// <summary>
/// A listener that admits nobody without a client certificate. The TLS mode is set on the endpoint itself, because defaults for HTTPS
/// miss endpoints made before them.
/// </summary>
internal static class MutualTlsListener
{
    /// <summary>Listens for partners: HTTP/2 only.</summary>
    public static void ListenForPartners(this KestrelServerOptions kestrel, IPEndPoint endpoint) => Listen(kestrel, endpoint, ListenerKind.Partners);

    /// <summary>Listens for staff: own authority, own connection limit; HTTP/1.1 too, for auditors' tools that read the log's tiles.</summary>
    public static void ListenForStaff(this KestrelServerOptions kestrel, IPEndPoint endpoint) => Listen(kestrel, endpoint, ListenerKind.Staff);

    /// <summary>Listens for health and metrics: plain, on loopback alone.</summary>
    /// <exception cref="ArgumentException">The address is not loopback.</exception>
    public static void ListenForLocal(this KestrelServerOptions kestrel, IPEndPoint endpoint)
    {
        if (!IPAddress.IsLoopback(endpoint.Address))
        {
            throw new ArgumentException($"{endpoint} is not loopback; the local listener has no authentication.", nameof(endpoint));
        }

        kestrel.Listen(endpoint, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            ListenerFeature.Mark(listen, ListenerKind.Local);
        });
    }

    private static void Listen(KestrelServerOptions kestrel, IPEndPoint endpoint, ListenerKind kind)
    {
        var services = kestrel.ApplicationServices;
        var limits = services.GetRequiredService<ListenerLimits>();
        var clock = services.GetRequiredService<TimeProvider>();
        var watch = new HandshakeWatch(
            kind, kind == ListenerKind.Partners ? limits.Partners : limits.Staff, limits.Handshake, services.GetRequiredService<RefusedHandshakes>(), clock);
        var options = new HandshakeOptions(kind, services.GetRequiredService<TlsMaterialHolder>(), clock);
        var entry = new ConnectionEntry(kind, limits, services.GetRequiredService<ConnectionRegistry>(), clock);

        kestrel.Listen(endpoint, listen =>
        {
            listen.Protocols = kind == ListenerKind.Staff ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http2;

            // Outermost first: where it came in, whether the handshake ends well, the handshake, who it is.
            ListenerFeature.Mark(listen, kind);
            listen.Use(next => connection => watch.RunAsync(connection, next));
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = options.ForAsync, HandshakeTimeout = limits.Handshake });
            listen.Use(next => connection => entry.RunAsync(connection, next));
        });
    }
}
