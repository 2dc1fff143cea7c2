using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Services;

namespace Gateway.Incidents;

/// <summary>An incident as it was asked for, checked: whose entries, and when.</summary>
/// <param name="Filter">The entries.</param>
/// <param name="Measures">The acts on the same key or partner, from the incident's first instant on.</param>
/// <param name="Described">Names of what was set: what is recorded of the reading.</param>
internal sealed record IncidentScope(LogFilter Filter, LogFilter Measures, string Described)
{
    /// <exception cref="InvalidFilterException">It is not well-formed.</exception>
    public static IncidentScope Of(Incident? incident)
    {
        if (incident?.Since is not { } since || incident.Until is not { } until || since >= until)
        {
            throw new InvalidFilterException("since, until: write both, the first before the second");
        }

        var entries = new LogFilter { Since = since.ToDateTimeOffset(), Until = until.ToDateTimeOffset() };
        var measures = new LogFilter { Since = entries.Since, Kind = Kind.Administration };
        return incident.ThroughCase switch
        {
            Incident.ThroughOneofCase.Key when SpkiHash.TryParse(incident.Key, out var key) =>
                new(entries with { Key = key.Bytes.ToArray() }, measures with { Partner = key.Text }, "key since until"),
            Incident.ThroughOneofCase.Key => throw new InvalidFilterException("key: write sha256: and 64 hex digits"),
            Incident.ThroughOneofCase.Partner when incident.Partner.Length > 0 =>
                new(entries with { Partner = incident.Partner }, measures with { Partner = incident.Partner }, "partner since until"),
            _ => throw new InvalidFilterException("key, partner: name one of them"),
        };
    }
}
