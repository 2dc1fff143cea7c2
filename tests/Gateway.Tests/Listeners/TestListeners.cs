using System.Collections.Frozen;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Tests.Identity;
using Gateway.Listeners;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Listeners;

/// <summary>The three listeners on real Kestrel with real TLS, behind them an application that tells who called and where.</summary>
internal sealed class TestListeners : IAsyncDisposable
{
    public const string Northgate = "spiffe://shop.example/partner/northgate-warehouse";
    public const string Analyst = "spiffe://shop.example/staff/security-analyst";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;

    private TestListeners(WebApplication app, DirectoryInfo folder, TestAuthority server, TestAuthority partners, TestAuthority staff)
    {
        _app = app;
        Folder = folder;
        Server = server;
        Partners = partners;
        Staff = staff;
    }

    public DirectoryInfo Folder { get; }

    public TestAuthority Server { get; }

    public TestAuthority Partners { get; }

    public TestAuthority Staff { get; }

    public int PartnersPort { get; private set; }

    public int StaffPort { get; private set; }

    public int LocalPort { get; private set; }

    public IServiceProvider Services => _app.Services;

    public RefusedHandshakes Refused => _app.Services.GetRequiredService<RefusedHandshakes>();

    public ConnectionRegistry Registry => _app.Services.GetRequiredService<ConnectionRegistry>();

    public static async Task<TestListeners> StartAsync(
        TimeProvider? clock = null, ListenerLimits? limits = null, Action<IServiceCollection>? configure = null, Action<WebApplication>? map = null)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-listeners-");
        var server = TestAuthority.Create("Server CA");
        var partners = TestAuthority.Create("Partners CA");
        var staff = TestAuthority.Create("Staff CA");
        WriteServer(folder, server);
        File.WriteAllText(Path.Combine(folder.FullName, "partners-ca.pem"), partners.Certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder.FullName, "staff-ca.pem"), staff.Certificate.ExportCertificatePem());

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddSingleton(limits ?? new ListenerLimits());
        builder.Services.AddSingleton(new SnapshotHolder(TestSnapshot()));
        builder.Services.AddListeners(folder);
        configure?.Invoke(builder.Services);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            ListenerLimits.Apply(kestrel);
            kestrel.ListenForPartners(new IPEndPoint(IPAddress.Loopback, 0));
            kestrel.ListenForStaff(new IPEndPoint(IPAddress.Loopback, 0));
            kestrel.ListenForLocal(new IPEndPoint(IPAddress.Loopback, 0));
        });
        var app = builder.Build();
        map?.Invoke(app);
        app.MapFallback(AnswerAsync).AllowAnonymous();
        var listeners = new TestListeners(app, folder, server, partners, staff);
        await app.StartAsync();
        var ports = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!
            .Addresses.Select(a => new Uri(a).Port).ToArray();
        (listeners.PartnersPort, listeners.StaffPort, listeners.LocalPort) = (ports[0], ports[1], ports[2]);
        return listeners;
    }

    /// <summary>Writes server.pem and server.key, key first.</summary>
    public static X509Certificate2 WriteServer(DirectoryInfo folder, TestAuthority authority)
    {
        var certificate = authority.Issue(new LeafShape
        {
            Uris = [],
            DnsNames = ["localhost"],
            Usages = ["1.3.6.1.5.5.7.3.1"],
            NotBefore = TimeProvider.System.GetUtcNow().AddYears(-1),
            NotAfter = TimeProvider.System.GetUtcNow().AddYears(1),
        });
        File.WriteAllText(Path.Combine(folder.FullName, "server.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(folder.FullName, "server.pem"), certificate.ExportCertificatePem());
        return certificate;
    }

    /// <summary>An HTTP/2 client with this certificate; null for none.</summary>
    public HttpClient Client(X509Certificate2? certificate, int? port = null, params X509Certificate2[] sentAlong)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { Server.Certificate },
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            },
            ClientCertificateContext = certificate is null
                ? null
                : SslStreamCertificateContext.Create(certificate, [.. sentAlong], offline: true),
        };
        return new HttpClient(new SocketsHttpHandler { SslOptions = options })
        {
            BaseAddress = new Uri($"https://localhost:{port ?? PartnersPort}"),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = s_patience,
        };
    }

    /// <summary>The handshake's refusal, once the server has noted it.</summary>
    public async Task<RefusedHandshake> RefusalAsync() => await EventuallyAsync(() => Refused.Last.FirstOrDefault(), r => r is not null) ?? throw new TimeoutException();

    /// <summary>Waits until the value is as wanted, or fails.</summary>
    public static async Task<T> EventuallyAsync<T>(Func<T> read, Func<T, bool> wanted)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var value = read();
            if (wanted(value))
            {
                return value;
            }

            await Task.Delay(10, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Folder.Delete(recursive: true);
        Server.Dispose();
        Partners.Dispose();
        Staff.Dispose();
    }

    public static Contract Contract(string partner, string authority, string uri)
    {
        SpiffeId.TryParse(uri, out var id).ShouldBeTrue();
        return new Contract
        {
            Name = partner + "-contract",
            Partner = new Partner(partner, partner, PartnerRole.Processor, "GB", null, "", ""),
            Agreement = new Agreement("A", DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue),
            Identity = new IdentityTerms(authority, id, [], []),
            Grants = [],
            SuspendOn = [],
        };
    }

    public static Snapshot TestSnapshot() => new(
        "r",
        new Policy("p", FrozenSet<string>.Empty, FrozenDictionary<string, Purpose>.Empty),
        [Contract("northgate-warehouse", "partners", Northgate), Contract("ghost", "absent", "spiffe://shop.example/partner/ghost")]);

    private static async Task AnswerAsync(HttpContext context)
    {
        var listener = context.Features.Get<ListenerFeature>()!.Kind;
        var peer = context.Features.Get<PeerConnection>();
        if (context.Request.Path == "/stream")
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.WriteAsync(".", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                await Task.Delay(10, context.RequestAborted);
            }

            return;
        }

        await context.Response.WriteAsync($"{listener} {peer?.Identity.Uri}");
    }
}
