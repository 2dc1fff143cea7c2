using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Subjects;
using Gateway.Protos.Log.V1;
using Gateway.Services;
using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Erasure;

/// <summary>To whom a subject's data went, from every entry of theirs in the log.</summary>
internal sealed class PastRecipients(SqliteLogIndex index, ILogReader log, SnapshotHolder contracts)
{
    /// <summary>Everything that was durable when this was called, by partner id.</summary>
    public async ValueTask<PastRecipientList> OfAsync(Pseudonym subject, CancellationToken cancellationToken)
    {
        await index.CatchUpAsync(cancellationToken);
        var entries = new LoggedEntries(log);
        var filter = new LogFilter { Subject = subject };
        var byPartner = new SortedDictionary<string, Tally>(StringComparer.Ordinal);
        await foreach (var leaf in index.StreamAsync(filter, cancellationToken))
        {
            var entry = Entry.Parser.ParseFrom(leaf.Bytes);
            if (OwnAccess.Is(entry))
            {
                continue;
            }

            var scope = (await entries.OfAsync(leaf, cancellationToken)).Scope;
            // Under a legal case the partner is a stand-in: the scope alone tells who got it.
            var name = entry.LegalCase is null ? "" : scope?.RecipientName ?? "";
            var key = $"{entry.Caller.Partner}\n{name}";
            if (!byPartner.TryGetValue(key, out var tally))
            {
                byPartner.Add(key, tally = new Tally(entry.Caller.Partner, name));
            }

            tally.Add(entry, scope, subject);
        }

        return new PastRecipientList([.. byPartner.Values.Select(t => t.Of(Named(t.Partner)))], await ArchivedBeforeAsync(cancellationToken));
    }

    /// <summary>When the log at hand begins, where its front was archived: who received data before that is not listed.</summary>
    private async ValueTask<DateTimeOffset?> ArchivedBeforeAsync(CancellationToken cancellationToken)
    {
        var first = await log.ReadAsync(0, limit: 1, cancellationToken);
        return first is [{ Index: > 0 } leaf] ? Entry.Parser.ParseFrom(leaf.Bytes).Time.ToDateTimeOffset() : null;
    }

    // The latest contract names the partner as it is called today.
    private Partner? Named(string id) => contracts.Current.Contracts.Where(c => c.Partner.Id == id).MaxBy(c => c.Agreement.Effective)?.Partner;

    private sealed class Tally(string partner, string name)
    {
        public string Partner => partner;

        private readonly SortedSet<string> _purposes = new(StringComparer.Ordinal);
        private readonly HashSet<Pseudonym> _records = [];
        private int _disclosures;
        private DateTimeOffset _first = DateTimeOffset.MaxValue;
        private DateTimeOffset _last = DateTimeOffset.MinValue;
        private DateTimeOffset? _deleteBy;

        public void Add(Entry entry, Scope? scope, Pseudonym subject)
        {
            var time = entry.Time.ToDateTimeOffset();
            _disclosures++;
            _purposes.Add(entry.Purpose);
            _first = time < _first ? time : _first;
            _last = time > _last ? time : _last;
            if (scope?.DeleteAfter is { } deleteAfter && time + deleteAfter.ToTimeSpan() is var deleteBy && !(deleteBy <= _deleteBy))
            {
                _deleteBy = deleteBy;
            }

            foreach (var (record, whose) in EntryPseudonyms.Of(entry.Records).Zip(EntryPseudonyms.Of(entry.Subjects)))
            {
                if (whose == subject)
                {
                    _records.Add(record);
                }
            }
        }

        public PastRecipient Of(Partner? named) => new(
            partner, named?.Name ?? name, named?.PrivacyContact ?? "", [.. _purposes], _disclosures, _records.Count, _first, _last, _deleteBy);
    }
}

/// <summary>To whom a subject's data went.</summary>
/// <param name="Partners">By id.</param>
/// <param name="ArchivedBefore">When the log at hand begins; null where it is whole.</param>
internal sealed record PastRecipientList(ImmutableArray<PastRecipient> Partners, DateTimeOffset? ArchivedBefore)
{
    /// <summary>What staff must know of the list: empty where it is whole.</summary>
    public ImmutableArray<string> Warnings => ArchivedBefore is { } at
        ? [string.Create(CultureInfo.InvariantCulture, $"The log at hand begins at {at:yyyy-MM-dd HH:mm:ss'Z'}: who received data before that is in its archive, and not listed.")]
        : [];
}

/// <summary>A partner to whom data of a subject went.</summary>
/// <param name="Partner">Its id.</param>
/// <param name="Name">Its legal name; empty where no contract names it any more.</param>
/// <param name="PrivacyContact">Whom to tell; may be empty.</param>
/// <param name="Purposes">In order.</param>
/// <param name="Disclosures">Entries.</param>
/// <param name="Records">Distinct records.</param>
/// <param name="First">First release.</param>
/// <param name="Last">Last release.</param>
/// <param name="DeleteBy">When all of it must be deleted; null where no release told a date.</param>
internal sealed record PastRecipient(
    string Partner,
    string Name,
    string PrivacyContact,
    ImmutableArray<string> Purposes,
    int Disclosures,
    int Records,
    DateTimeOffset First,
    DateTimeOffset Last,
    DateTimeOffset? DeleteBy);
