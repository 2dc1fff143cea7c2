using System.Runtime.InteropServices;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Incidents;

/// <summary>The customers of an incident by pseudonym, in bounded memory.</summary>
internal sealed class IncidentCustomers
{
    /// <summary>Listed at most; about 200 MB.</summary>
    private const int Most = 2_000_000;

    private readonly Dictionary<Pseudonym, Releases> _customers = [];

    /// <summary>True where there were more than can be listed.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>Each once.</summary>
    public IEnumerable<KeyValuePair<Pseudonym, Releases>> All => _customers;

    public void Add(Entry entry)
    {
        var time = entry.Time.ToDateTimeOffset().UtcTicks;
        foreach (var subject in EntryPseudonyms.Of(entry.Subjects))
        {
            if (_customers.Count >= Most && !_customers.ContainsKey(subject))
            {
                Incomplete = true;
                continue;
            }

            ref var releases = ref CollectionsMarshal.GetValueRefOrAddDefault(_customers, subject, out var known);
            releases = known
                ? new Releases(releases.Records + 1, Math.Min(releases.FirstTicks, time), Math.Max(releases.LastTicks, time))
                : new Releases(1, time, time);
        }
    }

    /// <summary>What was released of one customer; ticks of UTC.</summary>
    internal readonly record struct Releases(int Records, long FirstTicks, long LastTicks)
    {
        public Timestamp First => Time(FirstTicks);

        public Timestamp Last => Time(LastTicks);

        private static Timestamp Time(long ticks) => Timestamp.FromDateTimeOffset(new DateTimeOffset(ticks, TimeSpan.Zero));
    }
}
