using System.Diagnostics.CodeAnalysis;

namespace Gateway.Core.Log;

/// <summary>The id of an entry and of the receipt that proves it: a UUIDv7 (RFC 9562), 16 bytes big-endian in the log, canonical text on the wire.</summary>
public readonly record struct ReceiptId(Guid Value)
{
    /// <summary>A new id at <paramref name="now"/>.</summary>
    public static ReceiptId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>Parses the canonical text; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ReceiptId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value);
        id = new ReceiptId(value);
        return parsed;
    }

    public override string ToString() => Value.ToString("D");
}
