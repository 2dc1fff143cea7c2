using Gateway.Core.Annotations;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;

namespace Gateway.Services;

/// <summary>What staff ask for → a <see cref="LogFilter"/>. A person becomes a pseudonym here; the id goes no further, and the pseudonym into the filter only.</summary>
internal sealed class DisclosureLogFilters(ISubjectKeys keys, ISubjectLookup lookup, Catalogue catalogue)
{
    /// <summary>A filter as the log can run it.</summary>
    /// <param name="Filter">Null where nothing can match: no record of this person was ever released.</param>
    /// <param name="Described">Names of the filters set, and the mark of a person named: what is recorded of the reading.</param>
    public sealed record Resolved(LogFilter? Filter, string Described);

    /// <exception cref="InvalidFilterException">A filter is not well-formed.</exception>
    public async ValueTask<Resolved> ResolveAsync(EntryFilter? asked, CancellationToken cancellationToken)
    {
        var resolved = await ResolveAsync(asked ?? new EntryFilter(), keys);
        if (asked is not { Lookup.Length: > 0 })
        {
            return resolved;
        }

        var (key, record) = await LookUpAsync(asked.Lookup, cancellationToken);
        return new Resolved(
            key is null || resolved.Filter is null ? null : resolved.Filter with { Record = record },
            Described(resolved.Described, "lookup", key));
    }

    /// <summary>As the other, without the source: <c>lookup</c> is not looked at.</summary>
    /// <exception cref="InvalidFilterException">A filter is not well-formed.</exception>
    public static async ValueTask<Resolved> ResolveAsync(EntryFilter asked, ISubjectKeys? keys)
    {
        var filter = Plain(asked);
        var described = Names(asked);
        if (asked.SubjectId.Length == 0 || keys is null)
        {
            return new Resolved(filter, described);
        }

        var key = await keys.FindAsync(asked.SubjectId);
        return new Resolved(
            key is null ? null : filter with { Subject = key.Pseudonym },
            Described(described, "subject", key));
    }

    // Who searched for whom, and when, is known to more than the log: a pseudonym here would link a person's entries for ever.
    private static string Described(string others, string filter, SubjectKey? key) => $"{others} {filter}={key?.Mark.ToString() ?? "unknown"}".Trim();

    private async ValueTask<(SubjectKey? Key, Pseudonym? Record)> LookUpAsync(string typeAndKey, CancellationToken cancellationToken)
    {
        var slash = typeAndKey.IndexOf('/', StringComparison.Ordinal);
        var type = slash <= 0 ? null : catalogue.Records.Values.FirstOrDefault(
            r => r.Name == typeAndKey[..slash] || r.Descriptor.Name == typeAndKey[..slash]);
        if (type is null || slash == typeAndKey.Length - 1)
        {
            var known = string.Join(", ", catalogue.Records.Values.Select(r => r.Descriptor.Name).Order(StringComparer.Ordinal));
            throw new InvalidFilterException($"lookup: write TYPE/KEY, where TYPE is one of {known}");
        }

        var recordKey = typeAndKey[(slash + 1)..];
        var subjectId = await lookup.FindSubjectAsync(type, recordKey, cancellationToken)
            ?? throw new InvalidFilterException(
                $"lookup: the source holds no {type.Descriptor.Name} with this key, so it cannot tell whose it was; use record or subject");
        var key = await keys.FindAsync(subjectId);
        return (key, key?.OfRecord(type.Name, recordKey));
    }

    private static LogFilter Plain(EntryFilter asked) => new()
    {
        Partner = OrNull(asked.Partner),
        Purpose = OrNull(asked.Purpose),
        Method = OrNull(asked.Method),
        Kind = asked.Kind == Kind.Unspecified ? null : asked.Kind,
        Outcome = asked.Outcome == Outcome.Unspecified ? null : asked.Outcome,
        Refusal = OrNull(asked.Refusal),
        Action = OrNull(asked.Action),
        Record = asked.Record.Length == 0 ? null : new Pseudonym(Hex("record", asked.Record)),
        Field = OrNull(asked.Field),
        Trace = asked.Trace.Length == 0 ? null : Hex("trace", asked.Trace),
        Key = asked.Key.Length == 0 ? null : SpkiHash.TryParse(asked.Key, out var key)
            ? key.Bytes.ToArray()
            : throw new InvalidFilterException("key: write sha256: and 64 hex digits"),
        Receipt = asked.Receipt.Length == 0 ? null : ReceiptId.TryParse(asked.Receipt, out var receipt)
            ? receipt
            : throw new InvalidFilterException("receipt: write the id as the receipt has it, 8-4-4-4-12 hex digits"),
        Since = asked.Since?.ToDateTimeOffset(),
        Until = asked.Until?.ToDateTimeOffset(),
    };

    // Names only: what staff type into a filter may be a person's name.
    private static string Names(EntryFilter asked) => string.Join(' ', EntryFilter.Descriptor.Fields.InFieldNumberOrder()
        .Where(f => f.FieldNumber is not (EntryFilter.SubjectIdFieldNumber or EntryFilter.LookupFieldNumber))
        .Where(f => f.Accessor.GetValue(asked) is { } value and not "" and not Kind.Unspecified and not Outcome.Unspecified)
        .Select(f => f.Name));

    private static string? OrNull(string text) => text.Length == 0 ? null : text;

    private static byte[] Hex(string filter, string text)
    {
        var bytes = new byte[16];
        return text.Length == 32 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            ? bytes
            : throw new InvalidFilterException($"{filter}: write 32 hex digits");
    }
}
