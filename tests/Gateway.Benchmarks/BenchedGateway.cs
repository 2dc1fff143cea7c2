using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Demo;
using Gateway.Demo.Shop;
using Gateway.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Benchmarks;

/// <summary>A whole gateway on free ports of loopback, with the demo's shop in a temporary folder and a contract that lets a benchmark through.</summary>
internal sealed class BenchedGateway : IAsyncDisposable
{
    private const string Partner = "northgate-warehouse";

    private readonly GatewaySettings _settings;
    private readonly IHost _host;

    private BenchedGateway(GatewaySettings settings, IHost host) => (_settings, _host) = (settings, host);

    /// <param name="more">What is different about this one.</param>
    public static async Task<BenchedGateway> StartAsync(Action<IServiceCollection> more)
    {
        var folder = Directory.CreateTempSubdirectory("gateway-bench-");
        var settings = DemoSetup.Ensure(
            folder, new DirectoryInfo(Path.Combine(folder.FullName, "certs")),
            new ListenerOptions { Partners = "127.0.0.1:0", Staff = "127.0.0.1:0", Local = "127.0.0.1:0" }, TimeProvider.System);
        var contract = Path.Combine(settings.Contracts.FullName, Partner + ".yaml");
        var lines = await File.ReadAllLinesAsync(contract);
        await File.WriteAllLinesAsync(contract, lines.Select(l => l.Contains("calls_per_second", StringComparison.Ordinal) ? Unlimited(l) : l));
        var host = await GatewayHost.BuildAsync(
            settings, new ConfigurationBuilder().Build(), LogFormat.Json, TimeProvider.System, services =>
            {
                services.AddLogging(logging => logging.ClearProviders());
                more(services);
            }, CancellationToken.None);
        await GatewayRun.StartAsync(host, CancellationToken.None);
        return new BenchedGateway(settings, host);
    }

    public Load Load(int connections, int inFlight)
    {
        var port = ListenerPorts.Of(_host).Partners;
        return new Load(() => MutualTlsChannel.Open(_settings.Certificates, Partner, $"localhost:{port}"), Orders(), connections, inFlight);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    private static string Unlimited(string line) => System.Text.RegularExpressions.Regex.Replace(
        line, @"calls_per_second: \d+", "calls_per_second: 1000000", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));

    private List<string> Orders()
    {
        using var connection = DemoShop.Open(_settings.Data.Shop);
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT order_id FROM sharing_shipments WHERE recipient = 'northgate-warehouse' AND closed_at IS NULL
            AND opened_at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-80 days') LIMIT 20
            """;
        using var rows = command.ExecuteReader();
        var orders = new List<string>();
        while (rows.Read())
        {
            orders.Add(rows.GetString(0));
        }

        return orders;
    }
}
