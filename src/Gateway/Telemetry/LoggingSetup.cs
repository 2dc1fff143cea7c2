using Gateway.Telemetry;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.Logging.Console;

namespace Microsoft.Extensions.Logging;

/// <summary>How the console's lines look.</summary>
internal enum LogFormat
{
    /// <summary>One JSON object a line: for machines, and what <c>serve</c> writes.</summary>
    Json,

    /// <summary>One plain line: for people, and what <c>demo</c> writes.</summary>
    Plain,
}

/// <summary>Logs: one line each on stderr, classified parameters erased, categories of the framework capped.</summary>
internal static class LoggingSetup
{
    public static ILoggingBuilder AddGatewayLogging(this ILoggingBuilder logging, LogFormat format)
    {
        logging.ClearProviders();
        logging.AddConsole(console =>
        {
            // stdout belongs to the data of commands.
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.FormatterName = format == LogFormat.Json ? ConsoleFormatterNames.Json : ConsoleFormatterNames.Simple;
        });
        logging.Services.PostConfigure<JsonConsoleFormatterOptions>(json =>
        {
            json.JsonWriterOptions = json.JsonWriterOptions with { Indented = false };
            Quiet(json, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'");
        });
        logging.Services.PostConfigure<SimpleConsoleFormatterOptions>(simple =>
        {
            simple.SingleLine = true;
            Quiet(simple, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ");
        });
        logging.EnableRedaction();
        logging.Services.AddRedaction(redaction => redaction.SetFallbackRedactor<ErasingRedactor>());
        logging.Services.PostConfigure<LoggerFilterOptions>(CategoryCap.Apply);
        return logging;
    }

    private static void Quiet(ConsoleFormatterOptions options, string timestamp)
    {
        // Scopes of the framework can hold a request's path.
        options.IncludeScopes = false;
        options.UseUtcTimestamp = true;
        options.TimestampFormat = timestamp;
    }
}
