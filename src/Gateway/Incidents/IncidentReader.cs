using System.Runtime.CompilerServices;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Services;
using Gateway.Stores.Sqlite.Log.Index;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Incidents;

/// <summary>Reads an incident from the leaves that the index names: the numbers are of the evidence itself.</summary>
internal sealed class IncidentReader(SqliteLogIndex index, ILogReader log, Catalogue catalogue, SnapshotHolder contracts, TimeProvider clock)
{
    private const int MostMeasures = 100;

    /// <summary>A report is to be whole: it waits for the index longer than a query does.</summary>
    private static readonly TimeSpan s_catchUp = TimeSpan.FromSeconds(10);

    /// <summary>Indexes what is missing, for as long as it is worth waiting; gives how many entries are missing still.</summary>
    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken) => index.CatchUpAsync(s_catchUp, clock, cancellationToken);

    /// <summary>The report.</summary>
    public async Task<GetReportResponse> ReportAsync(IncidentScope incident, CancellationToken cancellationToken)
    {
        var behind = await CatchUpAsync(cancellationToken);
        var until = index.Next;
        var tally = new IncidentTally(catalogue);
        var scopes = new LoggedScopes(log);
        await foreach (var entry in EntriesAsync(incident.Filter, cancellationToken))
        {
            tally.Add(entry, await scopes.FindAsync(entry.Scope, cancellationToken));
        }

        var report = tally.Report;
        report.Made = Timestamp.FromDateTimeOffset(clock.GetUtcNow());
        report.SearchedFrom = index.Minimum;
        report.IndexedUntil = until;
        report.EntriesBehind = behind;
        report.Partners.AddRange(tally.Partners.Append(incident.Filter.Partner).OfType<string>().Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).Select(Partner));
        await foreach (var act in EntriesAsync(incident.Measures, cancellationToken))
        {
            report.Measures.Insert(0, Measure(act));
            if (report.Measures.Count > MostMeasures)
            {
                // The first are the ones that were taken.
                report.Measures.RemoveAt(MostMeasures);
            }
        }

        return report;
    }

    /// <summary>Each customer concerned: how many records were released, the first time and the last.</summary>
    public async Task<IncidentCustomers> CustomersAsync(IncidentScope incident, CancellationToken cancellationToken)
    {
        var customers = new IncidentCustomers();
        await foreach (var entry in EntriesAsync(incident.Filter with { Kind = Kind.Disclosure }, cancellationToken))
        {
            customers.Add(entry);
        }

        return customers;
    }

    private async IAsyncEnumerable<Entry> EntriesAsync(LogFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var leaf in index.StreamAsync(filter, cancellationToken))
        {
            yield return Entry.Parser.ParseFrom(leaf.Bytes);
        }
    }

    private ConcernedPartner Partner(string id)
    {
        var named = contracts.Current.Contracts.Where(c => c.Partner.Id == id).ToList();
        var contract = named.FirstOrDefault(c => c.IsInForce(clock.GetUtcNow())) ?? named.MaxBy(c => c.Agreement.Effective);
        return contract is null ? new ConcernedPartner { Id = id } : new ConcernedPartner
        {
            Id = id,
            Name = contract.Partner.Name,
            Role = contract.Partner.Role.ToString().ToLowerInvariant(),
            Country = contract.Partner.Country,
            SecurityContact = contract.Partner.SecurityContact,
            PrivacyContact = contract.Partner.PrivacyContact,
            Agreement = contract.Agreement.Reference,
        };
    }

    private static TakenMeasure Measure(Entry act) => new()
    {
        Time = act.Time,
        Actor = act.Administration.Actor,
        Action = act.Administration.Action,
        Receipt = new ReceiptId(new Guid(act.Receipt.Span, bigEndian: true)).ToString(),
    };
}
