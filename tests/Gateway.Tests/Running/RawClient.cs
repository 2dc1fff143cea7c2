using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Rpc;

namespace Gateway.Tests.Running;

/// <summary>An answer as HTTP/2 carries it.</summary>
/// <param name="Http">The HTTP status.</param>
/// <param name="Headers">Headers and trailers together.</param>
/// <param name="Body">The body.</param>
internal sealed record RawAnswer(HttpStatusCode Http, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string GrpcStatus => Headers.GetValueOrDefault("grpc-status", "");

    public string Receipt => Headers.GetValueOrDefault("gateway-receipt", "");

    /// <summary>The rich status; fails where there is none.</summary>
    public Status Status
    {
        get
        {
            var text = Headers["grpc-status-details-bin"];
            return Status.Parser.ParseFrom(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
        }
    }
}

/// <summary>HTTP/2 with a partner's certificate and no gRPC library: sends what no library would.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _address;

    public RawClient(RunningGateway gateway, string partner)
    {
        var folder = gateway.Settings.Certificates.FullName;
        var identity = X509Certificate2.CreateFromPemFile(Path.Combine(folder, partner + ".pem"), Path.Combine(folder, partner + ".key"));
        var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = SslStreamCertificateContext.Create(identity, additionalCertificates: null, offline: true),
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.pem")) },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
        };
        _http = new HttpClient(handler);
        _address = new Uri($"https://localhost:{gateway.Partners}");
    }

    /// <summary>A gRPC message frame: flag, length, content.</summary>
    public static byte[] Frame(byte[] content, bool compressed = false)
    {
        var frame = new byte[5 + content.Length];
        frame[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), content.Length);
        content.CopyTo(frame, 5);
        return frame;
    }

    public async Task<RawAnswer> SendAsync(
        string path, byte[]? body, string contentType = "application/grpc", HttpMethod? method = null, params (string Name, string Value)[] headers)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(method ?? HttpMethod.Post, new Uri(_address, path))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var all = response.Headers.Concat(response.TrailingHeaders)
            .ToDictionary(h => h.Key, h => string.Join(',', h.Value), StringComparer.OrdinalIgnoreCase);
        return new RawAnswer(response.StatusCode, all, content);
    }

    public void Dispose() => _http.Dispose();
}
