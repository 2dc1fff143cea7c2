using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;

namespace Gateway.Commands;

/// <summary>A gRPC channel as a partner or a member of staff: own certificate, and trust in the folder's <c>ca.pem</c> alone.</summary>
internal static class MutualTlsChannel
{
    /// <param name="certificates">Holds <c>ca.pem</c>, <c>NAME.pem</c> and <c>NAME.key</c>.</param>
    /// <param name="name">Whose certificate.</param>
    /// <param name="address">host:port.</param>
    /// <exception cref="CommandFailure">A file is missing or not PEM.</exception>
    public static GrpcChannel Open(DirectoryInfo certificates, string name, string address) => GrpcChannel.ForAddress(
        $"https://{address}", new GrpcChannelOptions { HttpHandler = Handler(certificates, name), DisposeHttpClient = true });

    /// <summary>The same for what is read by plain GET: the log's tiles.</summary>
    /// <exception cref="CommandFailure">A file is missing or not PEM.</exception>
    public static HttpClient OpenHttp(DirectoryInfo certificates, string name, string address)
    {
        var handler = Handler(certificates, name);
        handler.AutomaticDecompression = System.Net.DecompressionMethods.GZip;
        return new HttpClient(handler) { BaseAddress = new Uri($"https://{address}/") };
    }

    private static SocketsHttpHandler Handler(DirectoryInfo certificates, string name)
    {
        var identity = Load(certificates, name);
        var root = X509CertificateLoader.LoadCertificateFromFile(Existing(certificates, "ca.pem"));
        return new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = SslStreamCertificateContext.Create(identity, additionalCertificates: null, offline: true),
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { root },
                    RevocationMode = X509RevocationMode.NoCheck,
                    DisableCertificateDownloads = true,
                },
            },
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        };
    }

    private static X509Certificate2 Load(DirectoryInfo certificates, string name)
    {
        var pem = Existing(certificates, name + ".pem");
        var key = Existing(certificates, name + ".key");
        try
        {
            return X509Certificate2.CreateFromPemFile(pem, key);
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw new CommandFailure(ExitCode.CannotConnect, $"{pem} and {key} are not a certificate and its key: {e.Message}");
        }
    }

    private static string Existing(DirectoryInfo certificates, string file)
    {
        var path = Path.Combine(certificates.FullName, file);
        return File.Exists(path) ? path : throw new CommandFailure(
            ExitCode.CannotConnect, $"{path} does not exist", "name the folder with --certs; `gateway certs dev` writes one for trying out");
    }
}
