using System.Diagnostics;
using Gateway.Core.Telemetry;
using Gateway.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>
/// OpenTelemetry with our source and our meter and nothing else: the stock server instrumentation reads a partner's headers. Settings
/// are OpenTelemetry's own <c>OTEL_*</c> variables; OTLP is on for a signal that has an endpoint.
/// </summary>
internal static class TelemetrySetup
{
    public static IServiceCollection AddGatewayTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        // Both layers: ASP.NET Core extracts with the first, any OpenTelemetry instrumentation with the second (process-wide).
        services.Replace(ServiceDescriptor.Singleton<DistributedContextPropagator>(new SilentPropagator()));
        Sdk.SetDefaultTextMapPropagator(new CompositeTextMapPropagator([]));

        services.AddOpenTelemetry()
            .ConfigureResource(Resource)
            .WithTracing(tracing =>
            {
                // A sampler set here is stronger than OTEL_TRACES_SAMPLER.
                tracing.AddSource(GatewayTelemetry.Name).SetSampler(new AlwaysOnSampler());
                if (OtlpSettings.Has(configuration, "TRACES"))
                {
                    tracing.AddOtlpExporter(o => OtlpSettings.Apply(o, configuration, "TRACES"));
                }
            })
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(GatewayTelemetry.Name).AddRuntimeInstrumentation().AddPrometheusExporter();
                if (OtlpSettings.Has(configuration, "METRICS"))
                {
                    metrics.AddOtlpExporter(o => OtlpSettings.Apply(o, configuration, "METRICS"));
                }
            });
        return services;
    }

    /// <summary>Maps <c>/metrics</c> in Prometheus's text format. For the local listener's branch only.</summary>
    public static IEndpointConventionBuilder MapGatewayMetrics(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPrometheusScrapingEndpoint("/metrics");

    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come last, so that they win.
    private static void Resource(ResourceBuilder resource) =>
        resource.Clear().AddService("gateway").AddTelemetrySdk().AddEnvironmentVariableDetector();
}
