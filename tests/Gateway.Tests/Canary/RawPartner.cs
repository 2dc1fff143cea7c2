using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gateway.Tests.Canary;

/// <summary>A partner that speaks HTTP/2 by hand, and gives all that it was answered as text.</summary>
internal sealed class RawPartner : IDisposable
{
    private readonly HttpClient _client;

    /// <param name="port">The partner listener's.</param>
    /// <param name="identity">Client certificate; null for none.</param>
    /// <param name="serverName">SNI, and the Host of each request.</param>
    public RawPartner(int port, X509Certificate2? identity, string serverName)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                TargetHost = serverName,
                ClientCertificates = identity is null ? [] : [identity],
                LocalCertificateSelectionCallback = (_, _, certificates, _, _) => certificates.Count > 0 ? certificates[0] : null!,
                // The server's certificate does not name what is asked for here; who it is does not matter to this test.
#pragma warning disable CA5359
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
        };
        _client = new HttpClient(handler)
        {
            BaseAddress = new Uri($"https://{serverName}:{port.ToString(CultureInfo.InvariantCulture)}"),
        };
    }

    /// <summary>Sends, and gives status, headers, body and trailers.</summary>
    public async Task<string> SendAsync(
        HttpMethod method, string path, string contentType, byte[] body, IEnumerable<(string Name, string Value)> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (method != HttpMethod.Get)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        }

        using var response = await _client.SendAsync(request, cancellationToken);
        var text = new StringBuilder().Append((int)response.StatusCode).Append('\n').Append(response.Headers).Append(response.Content.Headers);
        text.Append(Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken)));
        return text.Append(response.TrailingHeaders).ToString();
    }

    /// <summary>A message as gRPC frames it.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> message, byte compressed = 0) =>
        [compressed, 0, (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];

    public void Dispose() => _client.Dispose();
}
