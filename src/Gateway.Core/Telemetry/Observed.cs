using System.Collections.Immutable;
using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>An observable instrument whose sources come and go with the parts that own them. Safe for many threads.</summary>
public sealed class Observed<T>
    where T : struct
{
    private ImmutableArray<Func<IEnumerable<Measurement<T>>>> _sources = [];

    internal Observed(Func<Func<IEnumerable<Measurement<T>>>, ObservableInstrument<T>> create) => Instrument = create(Observe);

    /// <summary>The instrument itself.</summary>
    public ObservableInstrument<T> Instrument { get; }

    /// <summary>Observes one value until disposed. <paramref name="read"/> is called at each collection and must be quick.</summary>
    public IDisposable Add(Func<T> read) => Add(() => [new Measurement<T>(read())]);

    /// <summary>Observes several values until disposed.</summary>
    public IDisposable Add(Func<IEnumerable<Measurement<T>>> read)
    {
        ImmutableInterlocked.Update(ref _sources, (s, r) => s.Add(r), read);
        return new Registration(this, read);
    }

    private IEnumerable<Measurement<T>> Observe() => _sources.SelectMany(read => read());

    private sealed class Registration(Observed<T> owner, Func<IEnumerable<Measurement<T>>> read) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref owner._sources, (s, r) => s.Remove(r), read);
    }
}
