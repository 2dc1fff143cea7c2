using System.Diagnostics;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

/// <summary>Listens to our source and keeps the ended spans of one trace, so that tests do not see each other's.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly List<Activity> _ended = [];

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == GatewayTelemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = a =>
            {
                lock (_ended)
                {
                    _ended.Add(a);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public Activity[] Of(ActivityTraceId trace)
    {
        lock (_ended)
        {
            return [.. _ended.Where(a => a.TraceId == trace)];
        }
    }

    public Activity Root(ActivityTraceId trace) => Of(trace).Single(a => a.Kind == ActivityKind.Server);

    public void Dispose() => _listener.Dispose();
}
