using Gateway.Core.Legal;

namespace Gateway.Core.Tests.Legal;

/// <summary>People, terms and acts of cases for tests.</summary>
internal static class TestCases
{
    public static DateTimeOffset Start { get; } = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public static Person Ann { get; } = Named("ann");

    public static Person Ben { get; } = Named("ben");

    public static Person Cid { get; } = Named("cid");

    public static Person Named(string id) => new(id, $"spiffe://shop.example/staff/{id}", $"sha256:{id}");

    public static CaseTerms Terms(Ground ground = Ground.LegalProcess, TimeSpan? life = null, TimeSpan? delay = null, string? key = null) => new(
        ground,
        new CaseRecipient(RecipientKind.Court, "Crown Court at Leeds", "GB", Safeguard: null, key),
        "Production order",
        "PO-2026-118",
        ["C-5001"],
        [new CaseScope("gateway.fulfilment.v1.Shipment", ["order_id"])],
        Start.AddYears(-1),
        Start,
        Start + (life ?? TimeSpan.FromDays(30)),
        delay is { } by ? new NoticeDelay(Start + by, "section 12") : null);

    public static OpenAct Open(CaseTerms terms, string id = "c1") => new(id, Ann, Start, terms);

    public static CaseBook Book(CaseTerms terms) => CaseBook.Empty.With(Open(terms));

    /// <summary>A book in which the acts are known to go through.</summary>
    public static CaseBook With(this CaseBook book, params IEnumerable<CaseAct> acts) =>
        acts.Aggregate(book, (b, act) => b.Apply(act).Book ?? throw new InvalidOperationException($"{act.Action}: {b.Apply(act).Refusal}"));

    public static ApproveAct Approve(Person by, TimeSpan after, DateTimeOffset? until = null, string id = "c1") => new(id, by, Start + after, until);

    public static ReleaseAct Release(Person by, TimeSpan after, string id = "c1", string sealedFor = "passphrase") => new(id, by, Start + after, 1, ["r"], sealedFor);

    public static ExtendAct Extend(Person by, TimeSpan after, TimeSpan until, string basis = "section 13") =>
        new("c1", by, Start + after, new NoticeDelay(Start + until, basis));

    public static ReviewAct Review(Person by, TimeSpan after, ReviewOutcome outcome = ReviewOutcome.Confirmed, string id = "c1") =>
        new(id, by, Start + after, outcome, "seen");

    public static CloseAct Close(Person by, TimeSpan after) => new("c1", by, Start + after, "done");
}
