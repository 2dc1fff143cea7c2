using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Core.Log;

/// <summary>Which entries are asked for; null asks for any. All that is set must hold.</summary>
public sealed record LogFilter
{
    /// <summary>The caller's partner id, or what an administration was done to.</summary>
    public string? Partner { get; init; }

    /// <summary>The purpose.</summary>
    public string? Purpose { get; init; }

    /// <summary><c>package.Service/Method</c>.</summary>
    public string? Method { get; init; }

    /// <summary>Which kind of entry.</summary>
    public Kind? Kind { get; init; }

    /// <summary>How the call ended.</summary>
    public Outcome? Outcome { get; init; }

    /// <summary>The refusal's reason, as on the wire.</summary>
    public string? Refusal { get; init; }

    /// <summary>The act of an administration: <c>subject.forget</c>.</summary>
    public string? Action { get; init; }

    /// <summary>A record that was released, or whose tombstone was sent.</summary>
    public Pseudonym? Record { get; init; }

    /// <summary>A subject of which a record was released.</summary>
    public Pseudonym? Subject { get; init; }

    /// <summary>A path that was released as it is or changed, or the message that holds such a path; only where a record was released.</summary>
    public string? Field { get; init; }

    /// <summary>16 bytes: our trace, or the partner's own.</summary>
    public byte[]? Trace { get; init; }

    /// <summary>32 bytes: SHA-256 of the caller's public key.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The receipt.</summary>
    public ReceiptId? Receipt { get; init; }

    /// <summary>First instant, inclusive.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Last instant, exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>True when the entry is asked for.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="scope">Its scope; null where it has none.</param>
    public bool Matches(Entry entry, Scope? scope) =>
        Is(Partner, PartnerOf(entry))
        && Is(Purpose, entry.Purpose)
        && Is(Method, entry.Method)
        && (Kind is null || Kind == entry.Kind)
        && (Outcome is null || Outcome == entry.Outcome)
        && Is(Refusal, entry.Refusal)
        && Is(Action, entry.Administration?.Action ?? "")
        && (Record is not { } record || EntryPseudonyms.Of(entry.Records).Concat(EntryPseudonyms.Of(entry.Tombstones)).Contains(record))
        && (Subject is not { } subject || EntryPseudonyms.Of(entry.Subjects).Contains(subject))
        && (Field is null || (entry.Kind == Protos.Log.V1.Kind.Disclosure && !entry.Records.IsEmpty && Releases(scope, Field)))
        && (Trace is null || Is(Trace, entry.Trace) || (entry.Link.Length >= 16 && entry.Link.Span[..16].SequenceEqual(Trace)))
        && (Key is null || Is(Key, entry.Caller?.Spki ?? ByteString.Empty))
        && (Receipt is not { } receipt || entry.Receipt.Span.SequenceEqual(receipt.Value.ToByteArray(bigEndian: true)))
        && (Since is null || Since <= entry.Time.ToDateTimeOffset())
        && (Until is null || entry.Time.ToDateTimeOffset() < Until);

    /// <summary>What <see cref="Partner"/> is compared with.</summary>
    public static string PartnerOf(Entry entry) => entry.Caller?.Partner ?? entry.Administration?.Target ?? "";

    /// <summary>Paths that a scope releases, as they are or changed.</summary>
    public static IEnumerable<string> ReleasedBy(Scope scope) => scope.Released.Concat(scope.Transformed.Select(t => t.Path));

    private static bool Releases(Scope? scope, string field) => scope is not null && ReleasedBy(scope).Any(
        p => p == field || (p.StartsWith(field, StringComparison.Ordinal) && p.Length > field.Length && p[field.Length] == '.'));

    private static bool Is(string? wanted, string actual) => wanted is null || wanted == actual;

    private static bool Is(byte[] wanted, ByteString actual) => actual.Span.SequenceEqual(wanted);
}
