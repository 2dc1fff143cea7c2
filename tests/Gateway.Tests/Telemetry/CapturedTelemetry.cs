using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Gateway.Tests.Telemetry;

/// <summary>Keeps every span and metric that OpenTelemetry would export. Servers of one process share the source: filter by trace.</summary>
internal sealed class CapturedTelemetry
{
    private readonly List<Activity> _spans = [];
    private readonly List<MetricSnapshot> _metrics = [];

    /// <summary>Adds the exporters; after <c>AddGatewayTelemetry</c>.</summary>
    public void AddTo(IServiceCollection services)
    {
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddInMemoryExporter(_spans));
        services.ConfigureOpenTelemetryMeterProvider(metrics => metrics.AddInMemoryExporter(_metrics));
    }

    /// <summary>Spans ended so far.</summary>
    public Activity[] Spans(IServiceProvider services)
    {
        services.GetRequiredService<TracerProvider>().ForceFlush();
        lock (_spans)
        {
            return [.. _spans];
        }
    }

    /// <summary>Metrics as they stand.</summary>
    public MetricSnapshot[] Metrics(IServiceProvider services)
    {
        services.GetRequiredService<MeterProvider>().ForceFlush();
        return [.. _metrics];
    }

    /// <summary>All names and values as text: what a search for canaries reads.</summary>
    public string AllText(IServiceProvider services)
    {
        var text = new StringBuilder();
        foreach (var span in Spans(services))
        {
            text.Append(span.DisplayName).Append(' ').Append(span.StatusDescription).Append(' ').Append(span.TraceStateString);
            Append(text, span.TagObjects);
            Append(text, span.Baggage.Select(b => KeyValuePair.Create(b.Key, (object?)b.Value)));
            foreach (var e in span.Events)
            {
                Append(text.Append(e.Name), e.Tags);
            }

            foreach (var link in span.Links)
            {
                Append(text.Append(link.Context.TraceState), link.Tags ?? []);
            }
        }

        foreach (var metric in Metrics(services))
        {
            foreach (var point in metric.MetricPoints)
            {
                text.Append(metric.Name);
                foreach (var tag in point.Tags)
                {
                    Append(text, [tag]);
                }
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, IEnumerable<KeyValuePair<string, object?>> pairs)
    {
        foreach (var (name, value) in pairs)
        {
            text.Append(' ').Append(name).Append('=').Append(value);
        }

        text.Append('\n');
    }
}
