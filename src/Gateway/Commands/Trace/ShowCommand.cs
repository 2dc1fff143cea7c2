using System.CommandLine;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using TraceMessage = Gateway.Protos.Admin.V1.Trace;

namespace Gateway.Commands.Trace;

/// <summary><c>gateway trace show RECEIPT|TRACE</c>: one call's waterfall and its decision.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("receipt|trace") { Description = "A receipt's id, or a trace id of 32 hex digits." };
        var format = CommonOptions.Format();
        var client = new TraceClient();
        var command = new Command(
            "show", "Show one call: each step's time, what was decided and why. Example: gateway trace show 0af7651916cd43dd8448eb211c80319c")
        {
            name, format,
        };
        client.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var text = parsed.GetRequiredValue(name).ToLowerInvariant();
            var request = ReceiptId.TryParse(text, out _) ? new GetTraceRequest { Receipt = text } : new GetTraceRequest { Trace = text };
            var response = await client.AskAsync(parsed, c => c.GetTraceAsync(request, cancellationToken: cancellationToken));
            Print(response.Trace, parsed.GetValue(format));
        });
        return command;
    }

    private static void Print(TraceMessage trace, OutputFormat format)
    {
        if (format == OutputFormat.Table)
        {
            Output.Data(Waterfall.Draw(trace));
        }
        else
        {
            Output.Rows(format, trace.Spans.Select(s => SpanLine.Of(trace, s)).ToArray(), [], _ => []);
        }
    }

    /// <summary>A span as JSON.</summary>
    private sealed record SpanLine(
        string Trace, string Span, string? Parent, string Name, DateTime StartTime, double DurationMs, bool Error,
        IReadOnlyDictionary<string, string> Attributes, string? Link)
    {
        public static SpanLine Of(TraceMessage trace, Span span) => new(
            trace.Id,
            Convert.ToHexStringLower(span.Id.Span),
            span.Parent.IsEmpty ? null : Convert.ToHexStringLower(span.Parent.Span),
            span.Name,
            DateTime.UnixEpoch.AddTicks(span.StartUnixNanos / TimeSpan.NanosecondsPerTick),
            span.DurationNanos / 1e6,
            span.Error,
            span.Attributes.DistinctBy(a => a.Name, StringComparer.Ordinal).ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal),
            span.Link.Length == 0 ? null : span.Link);
    }
}
