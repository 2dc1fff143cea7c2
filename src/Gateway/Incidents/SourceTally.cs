using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Incidents;

/// <summary>Where answers went, by address or by key, in bounded memory: what comes after the first 10,000 is counted together.</summary>
internal sealed class SourceTally
{
    private const int Most = 10_000;

    private readonly Dictionary<string, SeenSource> _sources = new(StringComparer.Ordinal);

    /// <summary>Answers to those not listed.</summary>
    public long Others { get; private set; }

    /// <summary>The busiest first.</summary>
    public IEnumerable<SeenSource> Sources => _sources.Values.OrderByDescending(s => s.Answers).ThenBy(s => s.Name, StringComparer.Ordinal);

    public void Add(string name, Timestamp time)
    {
        if (!_sources.TryGetValue(name, out var source))
        {
            if (_sources.Count >= Most)
            {
                Others++;
                return;
            }

            _sources[name] = source = new SeenSource { Name = name, First = time, Last = time };
        }

        source.Answers++;
        source.First = time < source.First ? time : source.First;
        source.Last = time > source.Last ? time : source.Last;
    }
}
