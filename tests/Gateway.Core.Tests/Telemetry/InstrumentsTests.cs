using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Tests.Telemetry;

public sealed class InstrumentsTests
{
    [Fact]
    public void Observed_SourcesComeAndGo_OnlyThosePresentAreMeasured()
    {
        using var meter = new Meter("test");
        var lag = new Observed<long>(o => meter.CreateObservableGauge("lag", o));
        var seen = new List<long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (i, l) =>
        {
            if (i.Meter == meter)
            {
                l.EnableMeasurementEvents(i);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => seen.Add(value));
        listener.Start();

        var first = lag.Add(() => 3);
        using var second = lag.Add(() => 5);
        listener.RecordObservableInstruments();
        first.Dispose();
        listener.RecordObservableInstruments();

        seen.ShouldBe([3, 5, 5]);
    }

    [Fact]
    public void Alarm_EveryKind_HasANameOfItsOwn()
    {
        // Tests beside this one may raise alarms too: the same names.
        var names = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (i, l) =>
        {
            if (i.Name == "gateway.alarms")
            {
                l.EnableMeasurementEvents(i);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => names.TryAdd((string)tags[0].Value!, true));
        listener.Start();

        foreach (var kind in Enum.GetValues<AlarmKind>())
        {
            Instruments.RaiseAlarm(kind);
        }

        names.Count.ShouldBe(Enum.GetValues<AlarmKind>().Length);
    }
}
