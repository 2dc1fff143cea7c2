using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Log.Notes;
using Gateway.Stores.Sqlite.Witness;
using Gateway.Witness;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Witness;

/// <summary>A whole witness on a free port of 127.0.0.1: real Kestrel, real SQLite.</summary>
internal sealed class RunningWitness : IAsyncDisposable
{
    public const string Name = "auditor.example/w1";

    private readonly IHost _host;
    private readonly SqliteWitnessStore _store;
    private readonly HttpClient _client;

    private RunningWitness(IHost host, SqliteWitnessStore store, WitnessFolder folder)
    {
        (_host, _store, Folder) = (host, store, folder);
        Address = WitnessHost.AddressOf(host);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
    }

    public WitnessFolder Folder { get; }

    public Uri Address { get; }

    public NoteVerifier Key => _store.Memory.Signer.Verifier;

    public static async Task<RunningWitness> StartAsync(
        string folder,
        IEnumerable<NoteVerifier> logs,
        ILoggerProvider? log = null,
        int port = 0,
        X509Certificate2Collection? certificate = null,
        TimeProvider? clock = null,
        string name = Name)
    {
        var where = new WitnessFolder(folder);
        Directory.CreateDirectory(folder);
        var store = SqliteWitnessStore.Open(where.Memory, name, clock ?? TimeProvider.System);
        var host = WitnessHost.Build(
            store, new TrustedLogs(logs), new EvidenceFolder(where.Evidence), new IPEndPoint(IPAddress.Loopback, port), certificate, logging =>
            {
                logging.ClearProviders();
                if (log is not null)
                {
                    logging.AddProvider(log);
                }
            });
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new RunningWitness(host, store, where);
    }

    /// <summary>Sends a body as it is.</summary>
    public async Task<RawAnswer> AddAsync(string body) => await SendAsync(HttpMethod.Post, "/add-checkpoint", body);

    public async Task<RawAnswer> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using var response = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return new RawAnswer(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public string[] Evidence => Directory.Exists(Folder.Evidence) ? [.. Directory.GetDirectories(Folder.Evidence).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)] : [];

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _store.Dispose();
        _client.Dispose();
    }
}

internal sealed record RawAnswer(int Status, string? Type, string Body);
