using System.Text;
using Gateway.Core.Exchange;
using Gateway.Core.Telemetry;
using Gateway.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Trace;

namespace Gateway.Tests.Telemetry;

public sealed class OtlpTests
{
    [Fact]
    public async Task Export_EndpointSet_SendsOurSpansWithTheServiceName()
    {
        var received = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var collector = await CollectorAsync(received);
        await using var server = await TelemetryServer.StartAsync(
            Call,
            [
                KeyValuePair.Create<string, string?>("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", collector.Urls.Single() + "/v1/traces"),
                KeyValuePair.Create<string, string?>("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
                KeyValuePair.Create<string, string?>("OTEL_SERVICE_NAME", "gateway-of-the-test"),
            ]);
        (await server.Client.GetAsync("/call/x", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();

        server.Services.GetRequiredService<TracerProvider>().ForceFlush();

        var body = Encoding.Latin1.GetString(await received.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        body.ShouldContain("gateway-of-the-test");
        body.ShouldContain("gateway.decision");
        body.ShouldContain("UNKNOWN_METHOD");
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", null, true, true)]
    [InlineData("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", null, true, false)]
    [InlineData("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", null, false, true)]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_TRACES_EXPORTER", false, true)]
    [InlineData("OTEL_SERVICE_NAME", null, false, false)]
    public void Has_EachSetting_TurnsOnItsSignalsOnly(string setting, string? off, bool traces, bool metrics)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [KeyValuePair.Create<string, string?>(setting, "http://127.0.0.1:1"), KeyValuePair.Create<string, string?>(off ?? "unused", "none")]).Build();

        OtlpSettings.Has(configuration, "TRACES").ShouldBe(traces);
        OtlpSettings.Has(configuration, "METRICS").ShouldBe(metrics);
    }

    private static Task Call(HttpContext context)
    {
        using var call = CallTrace.Start(method: null, traceparent: null);
        call.End(RefusalReason.UnknownMethod);
        return Task.CompletedTask;
    }

    private static async Task<WebApplication> CollectorAsync(TaskCompletionSource<byte[]> received)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/v1/traces", async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.TrySetResult(body.ToArray());
        });
        await app.StartAsync();
        return app;
    }
}
