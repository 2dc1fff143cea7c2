using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Gateway.Tests.Running;

/// <summary>The alarm metric since this was made, over the whole process: other tests' alarms count too, so only "at least one" can be asked.</summary>
internal sealed class RaisedAlarms : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _kinds = new(StringComparer.Ordinal);

    public RaisedAlarms()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Gateway" && instrument.Name == "gateway.alarms")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            _kinds.AddOrUpdate((string)tags[0].Value!, value, (_, before) => before + value));
        _listener.Start();
    }

    /// <summary>True when an alarm of this kind was raised.</summary>
    public bool Has(string kind) => _kinds.ContainsKey(kind);

    public void Dispose() => _listener.Dispose();
}
