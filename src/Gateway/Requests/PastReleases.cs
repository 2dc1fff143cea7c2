using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Log;
using Gateway.Core.Minimisation;
using Gateway.Core.Requests;
using Gateway.Core.Sources;
using Gateway.Protos.Log.V1;
using Gateway.Services;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Stores.Sqlite.Obligations;

namespace Gateway.Requests;

/// <summary>
/// Who must learn of a correction or an erasure, GDPR Art. 19: from every entry of the customer in the log. A partner that has confirmed the
/// deletion of all that it got is not told; one that should have deleted and has not said so is.
/// </summary>
internal sealed class PastReleases(
    SqliteLogIndex index, ILogReader log, SqliteObligations obligations, IRecordSource source, Catalogue catalogue, TimeProvider clock)
{
    /// <summary>Records of one customer that are looked for in the source; of more, the notices name receipts alone.</summary>
    private const int MostRecords = 10_000;

    /// <summary>The notices, one for each partner and record.</summary>
    /// <exception cref="LogUnavailableException">The log or what follows it cannot be read.</exception>
    /// <exception cref="SourceException">The source cannot be asked for the records' keys.</exception>
    public async Task<ToBeTold> OfAsync(CustomerRequest request, SubjectKey subject, CancellationToken cancellationToken)
    {
        await index.CatchUpAsync(cancellationToken);
        var found = new List<Release>();
        var onLegalGrounds = 0;
        var entries = new LoggedEntries(log);
        await foreach (var leaf in index.StreamAsync(new LogFilter { Subject = subject.Pseudonym, Kind = Kind.Disclosure }, cancellationToken))
        {
            var entry = Entry.Parser.ParseFrom(leaf.Bytes);
            if (entry.LegalCase is not null)
            {
                onLegalGrounds++;
            }
            else if (PartnerRelease.Is(entry) && (await entries.OfAsync(leaf, cancellationToken)).Scope is { } scope && Told(request, scope) is { } fields)
            {
                found.AddRange(Releases(entry, scope, fields, subject));
            }
        }

        found = await obligations.AskAsync(
            tally => found.Where(r => tally.Find(r.Partner, r.Receipt) is not { IsConfirmed: true }).ToList(), cancellationToken);
        var keys = await KeysAsync(request, subject, found, cancellationToken);
        var now = clock.GetUtcNow();
        var notices = found.GroupBy(r => (r.Partner, r.RecordType, r.Record))
            .Select(g => NoticeOf(request, g.Key.Partner, g.Key.RecordType, [.. g], keys.GetValueOrDefault(g.Key.Record), now))
            .OrderBy(n => n.Partner, StringComparer.Ordinal).ThenBy(n => n.Record, StringComparer.Ordinal);
        return new ToBeTold([.. notices], await WarningsAsync(onLegalGrounds, cancellationToken));
    }

    /// <summary>Fields of which the partner is told; null where a release under the scope is none of the request's.</summary>
    private static ImmutableArray<string>? Told(CustomerRequest request, Scope scope)
    {
        if (request.Kind == RequestKind.Erasure)
        {
            return [];
        }

        var fields = scope.Record == request.Record ? LogFilter.ReleasedBy(scope).Intersect(request.Fields, StringComparer.Ordinal).ToImmutableArray() : [];
        return fields.IsEmpty ? null : fields;
    }

    private static IEnumerable<Release> Releases(Entry entry, Scope scope, ImmutableArray<string> fields, SubjectKey subject)
    {
        var receipt = new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true));
        return EntryPseudonyms.Of(entry.Records).Zip(EntryPseudonyms.Of(entry.Subjects))
            .Where(pair => pair.Second == subject.Pseudonym).Select(pair => pair.First).Distinct()
            .Select(record => new Release(entry.Caller.Partner, scope.Record, record, receipt, fields, [.. scope.Released]));
    }

    /// <summary>Keys of the customer's records that the source still has, by pseudonym: of those types of which somebody got the key as it is.</summary>
    private async Task<Dictionary<Pseudonym, string>> KeysAsync(
        CustomerRequest request, SubjectKey subject, List<Release> found, CancellationToken cancellationToken)
    {
        var keys = new Dictionary<Pseudonym, string>();
        foreach (var type in found.Select(r => r.RecordType).Distinct(StringComparer.Ordinal))
        {
            // A record that a later version of the protos no longer has is not in the source either.
            if (catalogue.Records.GetValueOrDefault(type) is not { } record || !found.Any(r => r.RecordType == type && r.GotKey(record)))
            {
                continue;
            }

            var reader = source.PrepareForSubject(record, FieldSet.Of(record, []));
            foreach (var row in await reader.ListAsync(request.SubjectId!, MostRecords, cancellationToken))
            {
                keys[subject.OfRecord(record.Name, row.Key)] = row.Key;
            }
        }

        return keys;
    }

    private Notice NoticeOf(CustomerRequest request, string partner, string type, ImmutableArray<Release> releases, string? key, DateTimeOffset now)
    {
        var gotKey = catalogue.Records.TryGetValue(type, out var record) && releases.Any(r => r.GotKey(record));
        return new Notice(
            Guid.CreateVersion7(now),
            partner,
            request.Kind == RequestKind.Erasure ? NoticeKind.Erased : NoticeKind.Corrected,
            type,
            gotKey ? key : null,
            [.. releases.Take(Notice.MostReceipts).Select(r => r.Receipt)],
            releases.Length,
            [.. releases.SelectMany(r => r.Fields).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            now);
    }

    private async Task<ImmutableArray<string>> WarningsAsync(int onLegalGrounds, CancellationToken cancellationToken)
    {
        var warnings = ImmutableArray.CreateBuilder<string>();
        if (onLegalGrounds > 0)
        {
            warnings.Add($"{onLegalGrounds} disclosures on legal grounds are not among the notices: those recipients call no gateway. Tell them by letter, where the case allows it.");
        }

        if (await log.ReadAsync(0, limit: 1, cancellationToken) is [{ Index: > 0 }])
        {
            warnings.Add("The front of the log is archived: partners that received data only before that are not told. `gateway log verify` reads the archive.");
        }

        return warnings.ToImmutable();
    }

    private sealed record Release(
        string Partner, string RecordType, Pseudonym Record, ReceiptId Receipt, ImmutableArray<string> Fields, ImmutableArray<string> AsTheyAre)
    {
        public bool GotKey(RecordType record) => AsTheyAre.Contains(record.Key.Path, StringComparer.Ordinal);
    }
}

/// <summary>Who must learn of a correction or an erasure.</summary>
/// <param name="Notices">By partner and record.</param>
/// <param name="Warnings">What the notices do not cover, for staff.</param>
internal sealed record ToBeTold(ImmutableArray<Notice> Notices, ImmutableArray<string> Warnings)
{
    /// <summary>Ids of the partners, in order.</summary>
    public ImmutableArray<string> Partners => [.. Notices.Select(n => n.Partner).Distinct(StringComparer.Ordinal)];
}
