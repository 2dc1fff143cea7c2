using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Gateway.Core.Telemetry;

namespace Gateway.Witnessing;

/// <summary>The log's witnesses, in the order of the settings.</summary>
internal sealed class Witnesses(ImmutableArray<WitnessLink> all) : IDisposable
{
    public ImmutableArray<WitnessLink> All { get; } = all;

    /// <summary>For <see cref="Instruments.LogWitnessLag"/>.</summary>
    public IEnumerable<Measurement<double>> Measure(DateTimeOffset now) => All.Select(
        w => new Measurement<double>(w.State.Lag(now).TotalSeconds, new KeyValuePair<string, object?>(Attributes.Witness, w.Name)));

    public void Dispose()
    {
        foreach (var witness in All)
        {
            witness.Dispose();
        }
    }
}
