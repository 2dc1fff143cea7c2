using System.Collections.Immutable;
using Gateway.Core.Log;

namespace Gateway.Core.Requests;

/// <summary>What happened to data that a partner was given. Numbers are stored, and those of the proto.</summary>
public enum NoticeKind
{
    /// <summary>Fields were corrected.</summary>
    Corrected = 1,

    /// <summary>The customer was erased.</summary>
    Erased = 2,
}

/// <summary>What a partner is told of a record that it was given, GDPR Art. 19.</summary>
/// <param name="Id">A UUIDv7.</param>
/// <param name="Partner">Whom it is for.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Record">Full name of the record.</param>
/// <param name="Key">The record's key; null where the source has none or the partner never got it as it is, and once acknowledged.</param>
/// <param name="Receipts">Of the answers it was in, the latest first, at most <see cref="MostReceipts"/>; none once acknowledged.</param>
/// <param name="ReceiptCount">How many there were.</param>
/// <param name="Fields">Paths corrected, of those the partner got.</param>
/// <param name="Created">When it was made.</param>
public sealed record Notice(
    Guid Id,
    string Partner,
    NoticeKind Kind,
    string Record,
    string? Key,
    ImmutableArray<ReceiptId> Receipts,
    int ReceiptCount,
    ImmutableArray<string> Fields,
    DateTimeOffset Created)
{
    /// <summary>Receipts that one notice names.</summary>
    public const int MostReceipts = 100;

    /// <summary>Its place among all notices, rising; 0 where it is not stored yet.</summary>
    public long Sequence { get; init; }

    /// <summary>Not the record's key.</summary>
    public override string ToString() => $"{Kind} {Id} for {Partner}";
}
