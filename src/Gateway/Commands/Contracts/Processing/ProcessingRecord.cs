using Gateway.Core.Contracts;

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
            [.. snapshot.Contracts.SelectMany(c => c.Grants.Select(g => ProcessingActivity.Of(c, g, policy, now)))
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
    public static ProcessingActivity Of(Contract contract, Grant grant, Policy policy, DateTimeOffset now)
    {
        var partner = contract.Partner;
        var outside = !policy.IsInArea(partner.Country);
        var data = grant.Fields.GroupBy(f => f.Leaf.Category, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ProcessedData(g.Key, g.Any(f => f.Leaf.Sensitive), [.. g.Select(Field)]));
        return new ProcessingActivity(
            grant.Purpose.Key, grant.Purpose.Promise, grant.Basis.Name(), [.. data], partner.Name, partner.Role.ToString().ToLowerInvariant(),
            partner.Country, partner.PrivacyContact, outside, outside ? partner.Safeguard ?? "" : "",
            $"deleted by the recipient within {Words(grant.DeleteAfter)} of each release; given until {Words(grant.Window)} after the record closes, "
            + $"at most {Words(grant.MaxOpen)} after it opens",
            contract.Agreement.Reference, DateOnly.FromDateTime(contract.Agreement.Effective.UtcDateTime),
            DateOnly.FromDateTime(contract.Agreement.Expires.UtcDateTime).AddDays(-1), contract.IsInForce(now));
    }

    private static string Field(GrantedField field) => field.Transform is null ? field.Leaf.Path : $"{field.Leaf.Path} ({field.Transform})";

    private static string Words(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Days} days" : $"{(long)span.TotalHours} hours";
}

/// <summary>A category of data with its fields, and whether one of them can tell of health, belief or sexuality.</summary>
internal sealed record ProcessedData(string Category, bool Sensitive, IReadOnlyList<string> Fields);
