using System.Diagnostics;

namespace Gateway.Stores.Sqlite.Spans;

/// <summary>
/// Gathers spans into traces: a trace is whole when its root ends, which comes last. What waits longer than the patience, the spans of
/// a running stream, is given out as a part. Used by the writer alone.
/// </summary>
internal sealed class OpenTraces(TimeSpan patience, TimeProvider clock)
{
    private readonly Dictionary<ActivityTraceId, Waiting> _open = [];
    private long _swept = clock.GetTimestamp();

    /// <summary>Takes an ended span; the whole trace if it was its root.</summary>
    public IReadOnlyList<Activity>? Add(Activity span)
    {
        var isRoot = span.ParentSpanId == default;
        if (!_open.TryGetValue(span.TraceId, out var waiting))
        {
            if (isRoot)
            {
                return [span];
            }

            waiting = new Waiting([], clock.GetTimestamp());
            _open.Add(span.TraceId, waiting);
        }

        waiting.Spans.Add(span);
        if (!isRoot)
        {
            return null;
        }

        _open.Remove(span.TraceId);
        return waiting.Spans;
    }

    /// <summary>Parts of traces whose root keeps us waiting.</summary>
    public IEnumerable<IReadOnlyList<Activity>> Overdue()
    {
        if (clock.GetElapsedTime(_swept) < patience)
        {
            return [];
        }

        _swept = clock.GetTimestamp();
        var overdue = _open.Where(o => clock.GetElapsedTime(o.Value.Since) >= patience).ToArray();
        foreach (var (trace, _) in overdue)
        {
            _open.Remove(trace);
        }

        return overdue.Select(o => o.Value.Spans);
    }

    private sealed record Waiting(List<Activity> Spans, long Since);
}
