using System.Globalization;
using OpenTelemetry.Exporter;

namespace Gateway.Telemetry;

/// <summary>
/// The <c>OTEL_EXPORTER_OTLP_{SIGNAL}_…</c> variables. The exporter reads the general ones by itself, those of a signal only when all
/// signals are exported alike.
/// </summary>
internal static class OtlpSettings
{
    /// <summary>Whether the signal, <c>TRACES</c> or <c>METRICS</c>, has an endpoint and is not turned off.</summary>
    public static bool Has(IConfiguration configuration, string signal) =>
        (Read(configuration, "ENDPOINT") is not null || Read(configuration, $"{signal}_ENDPOINT") is not null)
        && configuration[$"OTEL_{signal}_EXPORTER"] is null or "" or "otlp";

    /// <summary>Puts the signal's own settings over the general ones.</summary>
    public static void Apply(OtlpExporterOptions options, IConfiguration configuration, string signal)
    {
        if (Read(configuration, $"{signal}_ENDPOINT") is { } endpoint)
        {
            // Taken as it is, path included, as the specification says.
            options.Endpoint = new Uri(endpoint, UriKind.Absolute);
        }

        options.Protocol = Read(configuration, $"{signal}_PROTOCOL") switch
        {
            "grpc" => OtlpExportProtocol.Grpc,
            "http/protobuf" => OtlpExportProtocol.HttpProtobuf,
            _ => options.Protocol,
        };
        options.Headers = Read(configuration, $"{signal}_HEADERS") ?? options.Headers;
        if (int.TryParse(Read(configuration, $"{signal}_TIMEOUT"), NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            options.TimeoutMilliseconds = milliseconds;
        }
    }

    private static string? Read(IConfiguration configuration, string name) =>
        configuration[$"OTEL_EXPORTER_OTLP_{name}"] is { Length: > 0 } value ? value : null;
}
