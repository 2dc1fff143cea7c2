using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Stores.Tests.Log.Tree;

/// <summary>Alarms raised since this was made, over the whole process: other tests' count too.</summary>
internal sealed class Alarms : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, bool> _kinds = new(StringComparer.Ordinal);

    public Alarms()
    {
        _listener.EnableMeasurementEvents(Instruments.Alarms);
        _listener.SetMeasurementEventCallback<long>((_, _, tags, _) => _kinds[(string)tags[0].Value!] = true);
        _listener.Start();
    }

    public bool Has(string kind) => _kinds.ContainsKey(kind);

    public void Dispose() => _listener.Dispose();
}
