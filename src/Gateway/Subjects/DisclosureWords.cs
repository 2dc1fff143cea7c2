using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Subjects;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Subject.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Subjects;

/// <summary>An entry of the log, told to the person it is about.</summary>
internal sealed class DisclosureWords(FormerContracts former)
{
    /// <param name="entry">The entry.</param>
    /// <param name="scope">Its scope.</param>
    /// <param name="subject">The person's pseudonym.</param>
    /// <param name="said">What the person says now, by the pseudonym that a disclosure relying on it holds; null where none relies on any.</param>
    /// <param name="cancellationToken">Ends the reading of former contracts.</param>
    public async ValueTask<Disclosure> TellAsync(
        Entry entry, Scope scope, Pseudonym subject, Dictionary<Pseudonym, Preference>? said, CancellationToken cancellationToken)
    {
        var mine = EntryPseudonyms.Of(entry.Subjects).Select((s, i) => (s, i)).Where(x => x.s == subject).Select(x => x.i).ToArray();
        var told = new Disclosure
        {
            Receipt = new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)).ToString(),
            Time = entry.Time,
            Recipient = new Disclosure.Types.Recipient
            {
                Name = scope.RecipientName,
                Country = scope.Country,
                Safeguard = scope.Safeguard,
                Partner = LogFilter.PartnerOf(entry),
            },
            Purpose = entry.Purpose,
            Promise = scope.Promise,
            Basis = entry.Basis,
            RecordTitle = PlainWords.OfRecord(scope.Record),
            Record = scope.Record,
            Records = mine.Length,
            DeleteBy = scope.DeleteAfter is { } within ? entry.Time + within : null,
            OnLegalGrounds = entry.LegalCase is not null,
        };
        if (scope.RecipientName.Length == 0)
        {
            await FromContractAsync(told, scope, cancellationToken);
        }

        told.Fields.Add(PlainWords.Of(scope).Select(f => new Disclosure.Types.Field { Path = f.Path, Title = f.Title, Form = f.Form }));
        if (!entry.Permissions.IsEmpty)
        {
            var permissions = EntryPseudonyms.Of(entry.Permissions);
            told.Permissions.Add(mine.Select(i => permissions[i]).Distinct().Select(p => Relied(said?.GetValueOrDefault(p))));
        }

        return told;
    }

    private async ValueTask FromContractAsync(Disclosure told, Scope scope, CancellationToken cancellationToken)
    {
        var (recipient, promise) = await former.FindAsync(scope, cancellationToken);
        told.Recipient.FromContract = true;
        told.Recipient.Name = recipient?.Name ?? "";
        told.Recipient.Country = recipient?.Country ?? "";
        told.Recipient.Safeguard = recipient?.Safeguard ?? "";
        told.Promise = scope.Promise.Length > 0 ? scope.Promise : promise;
    }

    private static RelianceOnPermission Relied(Preference? preference) => preference is null
        ? new RelianceOnPermission { Sentence = "what you had said by then; you have said something else since" }
        : new RelianceOnPermission
        {
            Topic = preference.Topic,
            State = PreferenceWords.ToWire(preference.State),
            ChangedAt = Timestamp.FromDateTimeOffset(preference.ChangedAt),
            Sentence = PreferenceWords.Sentence(preference),
        };
}
