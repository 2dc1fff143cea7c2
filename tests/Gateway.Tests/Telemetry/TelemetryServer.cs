using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

/// <summary>A real Kestrel on a free loopback port with our telemetry and logging, and one endpoint.</summary>
internal sealed class TelemetryServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TelemetryServer(WebApplication app, CapturedTelemetry telemetry, CapturedLogs logs)
    {
        _app = app;
        Telemetry = telemetry;
        Logs = logs;
        Client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) };
    }

    public HttpClient Client { get; }

    public CapturedTelemetry Telemetry { get; }

    public CapturedLogs Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TelemetryServer> StartAsync(RequestDelegate handler, IEnumerable<KeyValuePair<string, string?>>? settings = null)
    {
        var telemetry = new CapturedTelemetry();
        var logs = new CapturedLogs();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(settings ?? []);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.AddGatewayLogging(LogFormat.Json);
        builder.Logging.AddProvider(logs);
        builder.Services.AddGatewayTelemetry(builder.Configuration);
        telemetry.AddTo(builder.Services);
        var app = builder.Build();
        app.MapGatewayMetrics();
        app.MapGet("/call/{**rest}", handler);
        await app.StartAsync();
        return new TelemetryServer(app, telemetry, logs);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
