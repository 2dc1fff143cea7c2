using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Witnesses;

namespace Gateway.Witnessing;

/// <summary>Speaks c2sp.org/tlog-witness to one witness, over a connection that is kept.</summary>
internal sealed class WitnessClient : IDisposable
{
    /// <summary>A witness answers within this time.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Uri _address;
    private readonly HttpClient _http;

    public WitnessClient(WitnessSettings witness)
    {
        _address = new Uri(witness.Url.AbsoluteUri.TrimEnd('/') + "/" + AddCheckpoint.Path);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(10) };
        if (!witness.Authority.IsEmpty)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(witness.Authority.ToArray());
        }

        _http = new HttpClient(handler) { Timeout = s_patience, MaxResponseContentBufferSize = SignedNote.MaxLength };
    }

    /// <summary>Asks once.</summary>
    public async Task<WitnessReply> AddAsync(AddCheckpoint request, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new ByteArrayContent(request.ToBytes());
            using var response = await _http.PostAsync(_address, content, cancellationToken);
            return Read(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            return new WitnessReply.Failed($"cannot be reached: {e.InnerException?.Message ?? e.Message}");
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new WitnessReply.Failed(string.Create(CultureInfo.InvariantCulture, $"did not answer within {s_patience.TotalSeconds} s"));
        }
    }

    public void Dispose() => _http.Dispose();

    private static WitnessReply Read(HttpStatusCode status, string body) => status switch
    {
        HttpStatusCode.OK when SignedNote.ParseSignatures(body) is { IsEmpty: false } signatures => new WitnessReply.Cosigned(signatures),
        HttpStatusCode.Conflict when body.EndsWith('\n') && AddCheckpoint.TryParseSize(body[..^1], out var size) => new WitnessReply.Conflict(size),
        HttpStatusCode.UnprocessableEntity => new WitnessReply.NoProof(),
        HttpStatusCode.NotFound => new WitnessReply.Failed("does not know this log (404): its operator adds what `gateway log key` prints with --log"),
        HttpStatusCode.Forbidden => new WitnessReply.Failed("does not trust the log's key (403): its operator adds what `gateway log key` prints with --log"),
        _ => new WitnessReply.Failed(string.Create(CultureInfo.InvariantCulture, $"answered {(int)status}, which makes no sense of it")),
    };
}
