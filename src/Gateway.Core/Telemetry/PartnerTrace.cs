using System.Diagnostics;

namespace Gateway.Core.Telemetry;

/// <summary>
/// A partner's own trace and span id, from its <c>traceparent</c> header (W3C Trace Context, version 00). Kept as a link and nothing
/// else: its flags, <c>tracestate</c> and baggage are not read, so that a partner cannot switch our tracing off or fill it.
/// </summary>
public readonly record struct PartnerTrace
{
    /// <summary>Bytes that <see cref="CopyTo"/> writes.</summary>
    public const int Size = 24;

    // version-traceid-spanid-flags: 2, 32, 16 and 2 lower-case hex digits.
    private const int Length = 55;

    private PartnerTrace(ActivityTraceId trace, ActivitySpanId span)
    {
        Trace = trace;
        Span = span;
    }

    /// <summary>The partner's trace id.</summary>
    public ActivityTraceId Trace { get; }

    /// <summary>The partner's span id.</summary>
    public ActivitySpanId Span { get; }

    /// <summary>Parses a header; false unless it is exactly one well-formed version 00 value.</summary>
    public static bool TryParse(string? traceparent, out PartnerTrace trace)
    {
        trace = default;
        if (traceparent is not { Length: Length })
        {
            return false;
        }

        var text = traceparent.AsSpan();
        if (!text.StartsWith("00-", StringComparison.Ordinal) || text[35] != '-' || text[52] != '-'
            || !IsId(text[3..35]) || !IsId(text[36..52]) || text[53..].ContainsAnyExcept(s_hex))
        {
            return false;
        }

        trace = new PartnerTrace(ActivityTraceId.CreateFromString(text[3..35]), ActivitySpanId.CreateFromString(text[36..52]));
        return true;
    }

    /// <summary>Writes trace id and span id, 24 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Trace.CopyTo(destination[..16]);
        Span.CopyTo(destination[16..Size]);
    }

    /// <summary>The link: remote, with no flags.</summary>
    internal ActivityLink ToLink() => new(new ActivityContext(Trace, Span, ActivityTraceFlags.None, traceState: null, isRemote: true));

    private static bool IsId(ReadOnlySpan<char> hex) => !hex.ContainsAnyExcept(s_hex) && hex.ContainsAnyExcept('0');

    private static readonly System.Buffers.SearchValues<char> s_hex = System.Buffers.SearchValues.Create("0123456789abcdef");
}
