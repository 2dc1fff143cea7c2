using System.Diagnostics;

namespace Gateway.Telemetry;

/// <summary>
/// Reads no trace context from a request and writes none to one. What a partner sends must not steer our telemetry, and our ids are
/// no business of others; the partner's own trace is kept as a link by <see cref="Core.Telemetry.CallTrace"/>.
/// </summary>
internal sealed class SilentPropagator : DistributedContextPropagator
{
    public override IReadOnlyCollection<string> Fields => [];

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
    {
        // Nothing of ours goes out.
    }

    public override void ExtractTraceIdAndState(
        object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        traceId = null;
        traceState = null;
    }

    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
