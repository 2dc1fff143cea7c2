using Gateway.Core.Contracts;
using Gateway.Core.Subjects;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Commands.Contracts.Processing;

/// <summary>The record of processing that GDPR Art. 30(1) asks for, as far as policy and contracts tell it.</summary>
/// <param name="Made">When it was made.</param>
/// <param name="Revision">The revision it was made from.</param>
/// <param name="Policy">The policy's name.</param>
/// <param name="Controller">Art. 30(1)(a).</param>
/// <param name="Subjects">Art. 30(1)(c): categories of persons.</param>
/// <param name="Security">Art. 30(1)(g).</param>
/// <param name="Area">Where data goes without a safeguard of its own.</param>
/// <param name="Activities">Art. 30(1)(b) to (f): one for each purpose and recipient.</param>
internal sealed record ProcessingRecord(
    DateTimeOffset Made, string Revision, string Policy, Controller Controller, IReadOnlyList<string> Subjects, IReadOnlyList<string> Security,
    IReadOnlyList<string> Area, IReadOnlyList<ProcessingActivity> Activities)
{
    /// <exception cref="CommandFailure">The policy leaves out what Art. 30(1) asks for.</exception>
    public static ProcessingRecord Of(Snapshot snapshot, DateTimeOffset now)
    {
        var policy = snapshot.Policy;
        if (!policy.Unsaid.IsEmpty)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the policy says nothing of: {string.Join(", ", policy.Unsaid)}",
                "GDPR Art. 30(1) asks for it: write it in policy.yaml, as the demo's policy.yaml shows");
        }

        return new ProcessingRecord(
            now, snapshot.Revision, policy.Name, policy.Controller!, policy.Subjects, policy.Security,
            [.. policy.Area.Order(StringComparer.Ordinal)],
            [.. snapshot.Contracts.SelectMany(c => ProcessingActivity.AllOf(c, snapshot, now))
                .OrderBy(a => a.Purpose, StringComparer.Ordinal).ThenBy(a => a.Recipient, StringComparer.Ordinal).ThenBy(a => a.Effective)]);
    }
}

/// <summary>One purpose for which one recipient gets data.</summary>
/// <param name="Purpose">fideslang data use.</param>
/// <param name="Promise">The sentence of the privacy policy.</param>
/// <param name="Basis">GDPR Art. 6(1).</param>
/// <param name="Data">Categories of data with the fields of each.</param>
/// <param name="Recipient">Legal name.</param>
/// <param name="Role">processor, controller or internal.</param>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Contact">Whom to write to about privacy; may be empty.</param>
/// <param name="OutsideArea">True for a transfer to a third country.</param>
/// <param name="Safeguard">What such a transfer rests on; empty where there is none.</param>
/// <param name="Erasure">Time limits for erasure, in words.</param>
/// <param name="Agreement">Reference of the agreement.</param>
/// <param name="Effective">Its first day.</param>
/// <param name="Expires">Its last day.</param>
/// <param name="InForce">True where it is in force.</param>
internal sealed record ProcessingActivity(
    string Purpose, string Promise, string Basis, IReadOnlyList<ProcessedData> Data, string Recipient, string Role, string Country, string Contact,
    bool OutsideArea, string Safeguard, string Erasure, string Agreement, DateOnly Effective, DateOnly Expires, bool InForce)
{
    private const string AccessPromise = "Access by the data subject: customers see what is held and shared of them, and decide about it (GDPR Art. 15 to 22)";

    /// <summary>All that a contract lets its partner have: records, statistics, and what customers are shown of themselves.</summary>
    public static IEnumerable<ProcessingActivity> AllOf(Contract contract, Snapshot snapshot, DateTimeOffset now)
    {
        var policy = snapshot.Policy;
        foreach (var grant in contract.Grants)
        {
            yield return Of(contract, (grant.Purpose.Key, grant.Purpose.Promise, grant.Basis), Grouped(grant.Fields.Select(f => (f.Leaf.Category, f.Leaf.Sensitive, Field(f)))),
                $"deleted by the recipient within {Words(grant.DeleteAfter)} of each release; given until {Words(grant.Window)} after the record closes, "
                + $"at most {Words(grant.MaxOpen)} after it opens", policy, now);
        }

        if (contract.Statistics is { } terms)
        {
            yield return Of(contract, (terms.Purpose.Key, terms.Purpose.Promise, terms.Basis), Grouped(terms.Figures.SelectMany(f => f.Categories.Select(c => (c, false, $"aggregated: {f}")))),
                "aggregated figures, never a record; the contract sets no time", policy, now);
        }

        if (contract.SubjectAccess is not null)
        {
            yield return Of(contract, (SubjectAccess.Purpose, AccessPromise, LegalBasis.LegalObligation), Grouped(Held(snapshot, now)),
                "shown to the person who asks; the contract sets no time", policy, now);
        }
    }

    private static ProcessingActivity Of(
        Contract contract, (string Key, string Promise, LegalBasis Basis) use, IReadOnlyList<ProcessedData> data, string erasure, Policy policy, DateTimeOffset now)
    {
        var partner = contract.Partner;
        var outside = !policy.IsInArea(partner.Country);
        return new ProcessingActivity(
            use.Key, use.Promise, use.Basis.Name(), data, partner.Name, partner.Role.ToString().ToLowerInvariant(),
            partner.Country, partner.PrivacyContact, outside, outside ? partner.Safeguard ?? "" : "", erasure,
            contract.Agreement.Reference, DateOnly.FromDateTime(contract.Agreement.Effective.UtcDateTime),
            DateOnly.FromDateTime(contract.Agreement.Expires.UtcDateTime).AddDays(-1), contract.IsInForce(now));
    }

    private static IReadOnlyList<ProcessedData> Grouped(IEnumerable<(string Category, bool Sensitive, string Field)> fields) =>
    [
        .. fields.GroupBy(f => f.Category, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ProcessedData(g.Key, g.Any(f => f.Sensitive), [.. g.Select(f => f.Field)])),
    ];

    // A customer is shown the fields that some contract in force grants, of registration records alone: see HeldFields.
    private static IEnumerable<(string Category, bool Sensitive, string Field)> Held(Snapshot snapshot, DateTimeOffset now) => snapshot.Contracts
        .Where(c => c.IsInForce(now)).SelectMany(c => c.Grants).Where(g => g.Record.Domain == Domain.Registration)
        .SelectMany(g => g.Fields.Select(f => (f.Leaf.Category, f.Leaf.Sensitive, Field: $"{g.Record.Descriptor.Name}.{f.Leaf.Path}")))
        .Distinct().OrderBy(f => f.Field, StringComparer.Ordinal);

    private static string Field(GrantedField field) => field.Transform is null ? field.Leaf.Path : $"{field.Leaf.Path} ({field.Transform})";

    private static string Words(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Days} days" : $"{(long)span.TotalHours} hours";
}

/// <summary>A category of data with its fields, and whether one of them can tell of health, belief or sexuality.</summary>
internal sealed record ProcessedData(string Category, bool Sensitive, IReadOnlyList<string> Fields);
