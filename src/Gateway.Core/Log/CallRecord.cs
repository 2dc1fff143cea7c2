using System.Diagnostics;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Telemetry;

namespace Gateway.Core.Log;

/// <summary>
/// What is recorded of a call, of a page, or of a run of streamed messages. Kind, outcome and status follow from
/// <see cref="Refusal"/>. Holds names from contracts and protos only, never what a partner sent.
/// </summary>
public readonly record struct CallRecord
{
    /// <summary>The entry's id, a UUIDv7.</summary>
    public required ReceiptId Receipt { get; init; }

    /// <summary>When the entry is made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who called.</summary>
    public required CallerFacts Caller { get; init; }

    /// <summary><c>package.Service/Method</c>, or <c>_OTHER</c>.</summary>
    public required string Method { get; init; }

    /// <summary>Null on a release.</summary>
    public required RefusalReason? Refusal { get; init; }

    /// <summary>The purpose; null where none was settled.</summary>
    public string? Purpose { get; init; }

    /// <summary>The grant's legal basis; null where there is no grant.</summary>
    public LegalBasis? Basis { get; init; }

    /// <summary>The scope; null where none was settled.</summary>
    public StoredScope? Scope { get; init; }

    /// <summary>Records released.</summary>
    public ReadOnlyMemory<Pseudonym> Records { get; init; }

    /// <summary>Their subjects: as many, in the same order.</summary>
    public ReadOnlyMemory<Pseudonym> Subjects { get; init; }

    /// <summary>The permissions that the release relied on: one for each record in the same order, or none where the grant needs none.</summary>
    public ReadOnlyMemory<Pseudonym> Permissions { get; init; }

    /// <summary>Records whose tombstones were sent.</summary>
    public ReadOnlyMemory<Pseudonym> Tombstones { get; init; }

    /// <summary>The call's trace; all zero where it is not traced.</summary>
    public ActivityTraceId Trace { get; init; }

    /// <summary>The call's root span; all zero where it is not traced.</summary>
    public ActivitySpanId Span { get; init; }

    /// <summary>The partner's own trace, where it sent a well-formed one.</summary>
    public PartnerTrace? Link { get; init; }

    /// <summary>How many refusals the entry stands for; 0 and 1 mean one.</summary>
    public uint Count { get; init; }

    /// <summary>The case that a disclosure on legal grounds is made under; null for any other.</summary>
    public LegalReference? Legal { get; init; }
}

/// <summary>A case as an entry names it.</summary>
/// <param name="CaseId">Its id.</param>
/// <param name="NoticeAfter">When the subjects see the disclosure; null for at once.</param>
public sealed record LegalReference(string CaseId, DateTimeOffset? NoticeAfter);
