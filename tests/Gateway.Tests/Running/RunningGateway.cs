using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Demo;
using Gateway.Hosting;
using Grpc.Net.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Running;

/// <summary>A whole gateway on free ports of 127.0.0.1: real Kestrel, real mutual TLS, real SQLite, the demo's shop and contracts.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly bool _ownsFolder;

    private RunningGateway(IHost host, GatewaySettings settings, bool ownsFolder)
    {
        _host = host;
        _ownsFolder = ownsFolder;
        Settings = settings;
        (Partners, Staff, Local) = ListenerPorts.Of(host);
    }

    public GatewaySettings Settings { get; }

    public IServiceProvider Services => _host.Services;

    public int Partners { get; }

    public int Staff { get; }

    public int Local { get; }

    /// <summary>A folder with demo contracts, certificates and shop, not yet served.</summary>
    public static GatewaySettings Prepare(TimeProvider? clock = null)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-test-");
        return DemoSetup.Ensure(
            folder,
            new DirectoryInfo(Path.Combine(folder.FullName, "certs")),
            new ListenerOptions { Partners = "127.0.0.1:0", Staff = "127.0.0.1:0", Local = "127.0.0.1:0" },
            clock ?? TimeProvider.System);
    }

    public static Task<RunningGateway> StartAsync(Action<IServiceCollection>? more = null) => StartAsync(Prepare(), TimeProvider.System, more, ownsFolder: true);

    public static async Task<RunningGateway> StartAsync(
        GatewaySettings settings, TimeProvider clock, Action<IServiceCollection>? more = null, bool ownsFolder = false)
    {
        var configuration = new ConfigurationBuilder().Build();
        var host = await GatewayHost.BuildAsync(
            settings, configuration, LogFormat.Json, clock, services =>
            {
                services.AddLogging(logging => logging.ClearProviders());
                more?.Invoke(services);
            }, TestContext.Current.CancellationToken);
        await GatewayRun.StartAsync(host, TestContext.Current.CancellationToken);
        return new RunningGateway(host, settings, ownsFolder);
    }

    /// <summary>A new channel, so a new connection, as a partner.</summary>
    public GrpcChannel As(string partner) => MutualTlsChannel.Open(Settings.Certificates, partner, $"localhost:{Partners}");

    /// <summary>A new channel as a member of staff.</summary>
    public GrpcChannel AsStaff(string person) => MutualTlsChannel.Open(Settings.Certificates, person, $"localhost:{Staff}");

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_host).DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Settings.Data.Root, recursive: true);
        }
    }
}
