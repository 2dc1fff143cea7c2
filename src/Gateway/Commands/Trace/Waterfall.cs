using System.Globalization;
using Gateway.Core.Telemetry;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;
using Spectre.Console;
using Spectre.Console.Rendering;
using TraceMessage = Gateway.Protos.Admin.V1.Trace;

namespace Gateway.Commands.Trace;

/// <summary>A call drawn to scale: a bar a span, beneath it what was decided. All text is data, never markup.</summary>
internal static class Waterfall
{
    /// <summary>Cells that the whole call takes.</summary>
    private const int Width = 40;

    private static readonly (string Attribute, string Label)[] s_facts =
    [
        (Attributes.Decision, "decision"), (Attributes.Refusal, "refusal"), (Attributes.RpcStatus, "status"), (Attributes.Partner, "partner"),
        (Attributes.Contract, "contract"), (Attributes.Purpose, "purpose"), (Attributes.FieldsReleased, "fields released"),
        (Attributes.FieldsWithheld, "fields withheld"), (Attributes.Records, "records"), (Attributes.Receipt, "receipt"),
        (Attributes.Revision, "revision"), (Attributes.StepsOmitted, "steps not shown"),
    ];

    public static IRenderable Draw(TraceMessage trace)
    {
        var root = trace.Spans.FirstOrDefault(s => s.Parent.IsEmpty);
        var start = trace.Spans.Min(s => s.StartUnixNanos);
        var total = trace.Spans.Max(s => s.StartUnixNanos + s.DurationNanos) - start;
        var bars = new Table().Border(TableBorder.None).AddColumns("step", "bar").AddColumn(new TableColumn("ms").RightAligned()).AddColumn("why");
        bars.ShowHeaders = false;
        var parents = trace.Spans.ToDictionary(s => s.Id, s => s.Parent);
        foreach (var span in trace.Spans)
        {
            bars.AddRow(
                new Text(new string(' ', 2 * Depth(span.Id, parents)) + (span.Parent.IsEmpty ? "call" : span.Name)),
                new Text(Bar(span.StartUnixNanos - start, span.DurationNanos, total), new Style(Colour(span))),
                new Text(Milliseconds(span.DurationNanos)),
                new Text(span.Parent.IsEmpty ? "" : Find(span, Attributes.Refusal) ?? ""));
        }

        return new Rows(new Text(Title(trace, root)), new Text(""), bars, new Text(""), Facts(root));
    }

    /// <summary>A bar of <see cref="Width"/> cells; the shortest span still has one.</summary>
    internal static string Bar(long offset, long duration, long total)
    {
        if (total <= 0)
        {
            return new string('█', Width);
        }

        var from = (int)Math.Min(offset * Width / total, Width - 1);
        var to = (int)Math.Clamp(((offset + duration) * Width + (total / 2)) / total, from + 1, Width);
        return new string(' ', from) + new string('█', to - from) + new string(' ', Width - to);
    }

    private static string Title(TraceMessage trace, Span? root)
    {
        var began = DateTime.UnixEpoch.AddTicks(trace.Spans[0].StartUnixNanos / TimeSpan.NanosecondsPerTick);
        var title = $"{root?.Name ?? "a call that still runs"}\ntrace {trace.Id}, {began.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)}";
        return string.IsNullOrEmpty(root?.Link) ? title : $"{title}\nthe partner's own trace: {root.Link}";
    }

    private static Grid Facts(Span? root)
    {
        var facts = new Grid().AddColumn().AddColumn();
        foreach (var (attribute, label) in s_facts)
        {
            if (root is not null && Find(root, attribute) is { } value)
            {
                facts.AddRow(new Text(label), new Text(value));
            }
        }

        return facts;
    }

    private static int Depth(ByteString span, Dictionary<ByteString, ByteString> parents)
    {
        var depth = 0;
        for (var at = span; depth < 8 && parents.TryGetValue(at, out var parent) && !parent.IsEmpty; at = parent)
        {
            depth++;
        }

        return depth;
    }

    private static string? Find(Span span, string attribute) => span.Attributes.FirstOrDefault(a => a.Name == attribute)?.Value;

    private static Color Colour(Span span) => span.Error ? Color.Red : Find(span, Attributes.Refusal) is null ? Color.Green : Color.Yellow;

    private static string Milliseconds(long nanos) => (nanos / 1e6).ToString("0.000", CultureInfo.InvariantCulture) + " ms";
}
