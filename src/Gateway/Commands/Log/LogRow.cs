using System.Globalization;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Commands.Log;

/// <summary>An entry as it is printed; its names are what scripts read.</summary>
internal sealed record LogRow
{
    public required long Index { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Kind { get; init; }

    public required string Receipt { get; init; }

    public string? Partner { get; init; }

    public string? Method { get; init; }

    public string? Purpose { get; init; }

    public string? Basis { get; init; }

    public string? Outcome { get; init; }

    public string? Refusal { get; init; }

    public int Status { get; init; }

    public uint Count { get; init; }

    public required IReadOnlyList<string> Records { get; init; }

    public required IReadOnlyList<string> Subjects { get; init; }

    /// <summary>What each of the records' release relied on; empty where it needed no permission.</summary>
    public required IReadOnlyList<string> Permissions { get; init; }

    public required IReadOnlyList<string> Tombstones { get; init; }

    public string? Trace { get; init; }

    public string? Span { get; init; }

    public string? PartnerTrace { get; init; }

    public string? Key { get; init; }

    public string? Serial { get; init; }

    public string? Peer { get; init; }

    public string? Connection { get; init; }

    public LogScope? Scope { get; init; }

    public LogAct? Administration { get; init; }

    /// <summary>The case of a disclosure on legal grounds.</summary>
    public string? LegalCase { get; init; }

    /// <summary>When its subjects are told, as the case was then; null for at once.</summary>
    public DateTimeOffset? NoticeAfter { get; init; }

    public static LogRow Of(LoggedEntry logged)
    {
        var entry = Entry.Parser.ParseFrom(logged.Leaf);
        return new LogRow
        {
            Index = logged.Index,
            Time = entry.Time.ToDateTimeOffset(),
            Kind = Lower(entry.Kind),
            Receipt = new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)).ToString(),
            Partner = OrNull(entry.Caller?.Partner),
            Method = OrNull(entry.Method),
            Purpose = OrNull(entry.Purpose),
            Basis = OrNull(entry.Basis),
            Outcome = entry.Outcome == Protos.Log.V1.Outcome.Unspecified ? null : Lower(entry.Outcome),
            Refusal = OrNull(entry.Refusal),
            Status = entry.Status,
            Count = Math.Max(1, entry.Count),
            Records = Pseudonyms(entry.Records),
            Subjects = Pseudonyms(entry.Subjects),
            Permissions = Pseudonyms(entry.Permissions),
            Tombstones = Pseudonyms(entry.Tombstones),
            Trace = Hex(entry.Trace),
            Span = Hex(entry.Span),
            PartnerTrace = entry.Link.Length == 24 ? Hex(entry.Link)!.Insert(32, "-") : null,
            Key = entry.Caller is { Spki.IsEmpty: false } caller ? "sha256:" + Hex(caller.Spki) : null,
            Serial = Hex(entry.Caller?.Serial ?? ByteString.Empty),
            Peer = OrNull(entry.Caller?.Peer),
            Connection = OrNull(entry.Caller?.Connection),
            Scope = logged.Scope is { } scope ? LogScope.Of(scope) : null,
            Administration = entry.Administration is { } act ? LogAct.Of(act) : null,
            LegalCase = OrNull(entry.LegalCase?.Id),
            NoticeAfter = entry.LegalCase?.NoticeAfter?.ToDateTimeOffset(),
        };
    }

    /// <summary>Time as it is printed: UTC, milliseconds.</summary>
    public string TimeText => Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>How it ended in a word: <c>released</c>, the refusal's reason, or the act.</summary>
    public string Decision => Administration?.Action ?? (Count > 1 ? $"{Refusal} x{Count}" : Refusal) ?? Outcome ?? "";

    private static string Lower<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Hex(ByteString bytes) => bytes.IsEmpty ? null : Convert.ToHexStringLower(bytes.Span);

    private static List<string> Pseudonyms(ByteString joined) => [.. EntryPseudonyms.Of(joined).Select(p => p.ToString())];
}

/// <summary>What was released and withheld.</summary>
internal sealed record LogScope(
    string Contract, string Revision, string Record, IReadOnlyList<string> Released, IReadOnlyDictionary<string, string> Transformed,
    IReadOnlyDictionary<string, string> Withheld)
{
    public static LogScope Of(Scope scope) => new(
        scope.Contract, scope.Revision, scope.Record, [.. scope.Released],
        scope.Transformed.ToDictionary(t => t.Path, t => t.Transform, StringComparer.Ordinal),
        scope.Withheld.ToDictionary(
            w => w.Path, w => w.Reason == WithheldReason.NotInReadMask ? "not in read mask" : "not granted", StringComparer.Ordinal));
}

/// <summary>An act of staff or of the gateway.</summary>
internal sealed record LogAct(
    string Actor, string Action, string Target, string Reason, string FromRevision, string ToRevision, IReadOnlyList<string> Gained,
    IReadOnlyList<string> Lost)
{
    public static LogAct Of(Entry.Types.Administration act) =>
        new(act.Actor, act.Action, act.Target, act.Reason, act.FromRevision, act.ToRevision, [.. act.Gained], [.. act.Lost]);
}
