using System.Net;
using Gateway.Core.Annotations;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Incidents;

/// <summary>Adds up the entries of an incident, in any order and in bounded memory. Not for concurrent use.</summary>
internal sealed class IncidentTally(Catalogue catalogue)
{
    private readonly DistinctPseudonyms _customers = new();
    private readonly DistinctPseudonyms _records = new();
    private readonly Dictionary<(string Contract, string Purpose, string Method, string Record), ReleasedUse> _uses = [];
    private readonly FieldTally _fields = new(catalogue);
    private readonly SourceTally _addresses = new();
    private readonly SourceTally _keys = new();
    private readonly GetReportResponse _report = new();

    /// <summary>Partners that records were released to.</summary>
    public HashSet<string> Partners { get; } = new(StringComparer.Ordinal);

    /// <summary>The report as far as it follows from the entries added.</summary>
    public GetReportResponse Report
    {
        get
        {
            var report = _report.Clone();
            report.Customers = _customers.Count;
            report.Records = _records.Count;
            report.AtLeast = _customers.AtLeast || _records.AtLeast;
            report.Fields.AddRange(_fields.Fields);
            report.Uses.AddRange(_uses.OrderBy(u => u.Key).Select(u => u.Value));
            report.LatestDeleteBy = _uses.Values.Select(u => u.DeleteBy).OfType<Timestamp>().Max();
            report.Addresses.AddRange(_addresses.Sources);
            report.Keys.AddRange(_keys.Sources);
            report.AnswersFromOthers = Math.Max(_addresses.Others, _keys.Others);
            return report;
        }
    }

    /// <summary>Adds an entry. What was released counts, delivered or not; an administration is no disclosure.</summary>
    public void Add(Entry entry, Scope? scope)
    {
        switch (entry.Kind)
        {
            case Kind.Refusal:
                _report.Refusals += Math.Max(1, entry.Count);
                break;
            case Kind.Disclosure when entry.Records.IsEmpty:
                _report.EmptyAnswers++;
                break;
            case Kind.Disclosure:
                AddRelease(entry, scope ?? throw new LogUnavailableException("The disclosure log refers to a scope that it does not hold: it is damaged."));
                break;
        }
    }

    /// <summary>The IP address of a caller, without its port.</summary>
    public static string AddressOf(string peer) => IPEndPoint.TryParse(peer, out var end) ? end.Address.ToString() : peer;

    private void AddRelease(Entry entry, Scope scope)
    {
        var records = EntryPseudonyms.Of(entry.Records);
        foreach (var record in records)
        {
            _records.Add(record);
        }

        foreach (var subject in EntryPseudonyms.Of(entry.Subjects))
        {
            _customers.Add(subject);
        }

        _report.Answers++;
        _report.RecordsReleased += records.Length;
        _report.First = Earlier(_report.First, entry.Time);
        _report.Last = Later(_report.Last, entry.Time);
        _fields.Add(scope, records.Length);
        _addresses.Add(AddressOf(entry.Caller.Peer), entry.Time);
        _keys.Add($"sha256:{Convert.ToHexStringLower(entry.Caller.Spki.Span)}", entry.Time);
        Partners.Add(entry.Caller.Partner);
        AddUse(entry, scope, records.Length);
    }

    private void AddUse(Entry entry, Scope scope, int records)
    {
        var key = (scope.Contract, entry.Purpose, entry.Method, scope.Record);
        if (!_uses.TryGetValue(key, out var use))
        {
            _uses[key] = use = new ReleasedUse { Contract = key.Contract, Purpose = key.Purpose, Method = key.Method, Record = key.Record };
        }

        use.Answers++;
        use.RecordsReleased += records;
        use.First = Earlier(use.First, entry.Time);
        use.Last = Later(use.Last, entry.Time);
        if (scope.DeleteAfter is { } deleteAfter)
        {
            use.DeleteBy = Later(use.DeleteBy, entry.Time + deleteAfter);
        }
        else
        {
            _report.RecordsWithoutDeleteBy += records;
        }
    }

    private static Timestamp Earlier(Timestamp? one, Timestamp other) => one is null || other < one ? other : one;

    private static Timestamp Later(Timestamp? one, Timestamp other) => one is null || other > one ? other : one;
}
