using System.Collections.Immutable;

namespace Gateway.Core.Legal;

/// <summary>What a case allows, as its file says: fixed when it is opened. Any other scope is another case. Holds personal data.</summary>
/// <param name="Ground">The ground.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Instrument">What obliges or allows: an order, a law, a claim.</param>
/// <param name="Number">Its number.</param>
/// <param name="Subjects">The shop's own ids of the persons concerned; each once.</param>
/// <param name="Scope">Records and leaves in scope; each record once.</param>
/// <param name="From">First instant of the records in scope, by when they were opened. UTC.</param>
/// <param name="Until">The first instant after them.</param>
/// <param name="Expires">From here on nothing is released.</param>
/// <param name="Notice">Until when the subjects are not told; null for at once.</param>
public sealed record CaseTerms(
    Ground Ground,
    CaseRecipient Recipient,
    string Instrument,
    string Number,
    ImmutableArray<string> Subjects,
    ImmutableArray<CaseScope> Scope,
    DateTimeOffset From,
    DateTimeOffset Until,
    DateTimeOffset Expires,
    NoticeDelay? Notice)
{
    /// <summary>Nothing of its content.</summary>
    public override string ToString() => $"{nameof(CaseTerms)} {Ground.Name()}";
}

/// <summary>To whom a case discloses.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Its name, as the subjects are told it.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Safeguard">The safeguard or treaty for a country outside the policy's area, GDPR Art. 46, 48 and 49; null inside it.</param>
/// <param name="Key">The one key that the file may be sealed for, <c>sha256:…</c>; null where the case leaves it open.</param>
public sealed record CaseRecipient(RecipientKind Kind, string Name, string Country, string? Safeguard, string? Key);

/// <summary>What a recipient is. Written in lower case.</summary>
public enum RecipientKind
{
    Authority,
    Court,
    Counsel,
    Insurer,
}

/// <summary>One record of a case's scope.</summary>
/// <param name="Record">Full name.</param>
/// <param name="Paths">Leaves, in the record's order.</param>
public sealed record CaseScope(string Record, ImmutableArray<string> Paths);

/// <summary>A delay of the notice.</summary>
/// <param name="Until">When it ends.</param>
/// <param name="Basis">The law or the order that demands it.</param>
public sealed record NoticeDelay(DateTimeOffset Until, string Basis);
