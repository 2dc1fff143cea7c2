using System.Text;
using CsCheck;
using Gateway.Core.Contracts;

namespace Gateway.Core.Tests.Contracts.Never;

/// <summary>Random policies, rules and contracts: whatever compiles holds nothing that a rule forbids, judged by a second reading of the rules.</summary>
public sealed class NeverPropertyTests
{
    private static readonly string[] s_purposes =
    [
        "marketing", "marketing.communications.email", "marketing.advertising.first_party", "sales", "train_ai_system", "personalize.content",
        "essential.service", "essential.service.fulfillment", "essential.service.fulfillment.delivery", "essential.service.payment_processing",
        "essential.fraud_detection", "analytics.reporting",
    ];

    private static readonly string[] s_categories =
    [
        "user", "user.name", "user.contact", "user.contact.email", "user.contact.address", "user.contact.address.street", "user.financial",
        "user.financial.credit_card", "user.financial.credit_card.last4", "user.behavior", "user.behavior.purchase_history", "user.content",
        "user.device", "user.authorization", "system", "system.operations",
    ];

    // The floor as the privacy policy has it, written down once more: purposes, categories.
    private static readonly (string[] Purposes, string[] Categories)[] s_floor =
    [
        ([], ["user.authorization"]),
        (["sales", "train_ai_system", "marketing.advertising", "personalize.content.profiling", "personalize.content.profiled"], []),
        (["marketing"], ["user.financial", "user.payment", "user.behavior.purchase_history"]),
        (["essential.service.fulfillment"], ["user.financial", "user.payment"]),
    ];

    private static readonly (string Record, string Method, string[] Paths)[] s_records =
    [
        .. TestContracts.Catalogue.Records.Values.Where(r => r.Name.StartsWith("gateway.", StringComparison.Ordinal)).Select(r =>
            (r.Name, TestContracts.Catalogue.MethodsOf(r)[0].Name, r.Leaves.Where(l => !l.Sensitive).Select(l => l.Path).ToArray())),
    ];

    private static readonly Gen<(string[] Purposes, string[] Categories)> s_rule = Gen.Select(Some(s_purposes, 0, 2), Some(s_categories, 0, 2))
        .Where(r => r.Item1.Length + r.Item2.Length > 0);

    private static readonly Gen<Written> s_written = Gen.Select(
        Gen.Int[0, s_purposes.Length - 1].Select(i => s_purposes[i]), Some(s_categories, 1, 6), s_rule.List[0, 2],
        Gen.Int[0, s_records.Length - 1].SelectMany(r => Some(s_records[r].Paths, 1, 4).Select(p => (Record: r, Paths: p))),
        (purpose, categories, rules, grant) => new Written(purpose, categories, rules, grant.Record, grant.Paths));

    [Fact]
    public void Compile_AnyPolicyAndContract_HoldsNothingForbidden()
    {
        var (compiled, refused) = (0, 0);
        s_written.Sample(
            written =>
            {
                var snapshot = TestContracts.Compile(written.Policy(), written.Contract()).Snapshot;
                var forbidden = written.IsForbidden();
                Interlocked.Add(ref compiled, snapshot is null ? 0 : 1);
                Interlocked.Add(ref refused, forbidden ? 1 : 0);
                return snapshot is null || !forbidden;
            },
            iter: 20_000);

        // Neither side may be empty, else nothing was shown.
        compiled.ShouldBeGreaterThan(100);
        refused.ShouldBeGreaterThan(1000);
    }

    /// <summary>What compiles without rules, compiles with a rule exactly where it forbids nothing that is granted or named.</summary>
    [Fact]
    public void Compile_OneRuleMore_RefusesExactlyWhatItForbids()
    {
        var (kept, refused) = (0, 0);
        Gen.Select(s_written, s_rule).Sample(
            (written, rule) =>
            {
                var without = written with { Rules = [] };
                if (TestContracts.Compile(without.Policy(), without.Contract()).Snapshot is null)
                {
                    return true;
                }

                var with = written with { Rules = [rule] };
                var holds = TestContracts.Compile(with.Policy(), with.Contract()).Snapshot is not null;
                var forbidden = with.IsForbidden() || with.PolicyNames(rule);
                Interlocked.Add(ref kept, holds ? 1 : 0);
                Interlocked.Add(ref refused, forbidden ? 1 : 0);
                return holds != forbidden;
            },
            iter: 20_000);

        kept.ShouldBeGreaterThan(50);
        refused.ShouldBeGreaterThan(20);
    }

    private static Gen<string[]> Some(string[] from, int least, int most) =>
        Gen.Int[0, from.Length - 1].Select(i => from[i]).List[least, most].Select(l => l.Distinct(StringComparer.Ordinal).ToArray());

    private static bool Includes(string one, string other) => one == other || other.StartsWith(one + ".", StringComparison.Ordinal);

    private sealed record Written(
        string Purpose, string[] Categories, IReadOnlyList<(string[] Purposes, string[] Categories)> Rules, int Record, string[] Paths)
    {
        public ContractFile Policy()
        {
            var text = new StringBuilder($"""
                policy: random
                area: [GB]
                purposes:
                  - purpose: {Purpose}
                    promise: whatever
                    categories: [{string.Join(", ", Categories)}]
                    bases: [contract]
                never:

                """);
            foreach (var (purposes, categories) in Rules)
            {
                text.Append("  - { because: a rule");
                text.Append(purposes.Length > 0 ? $", purposes: [{string.Join(", ", purposes)}]" : "");
                text.Append(categories.Length > 0 ? $", categories: [{string.Join(", ", categories)}]" : "").Append(" }\n");
            }

            return new ContractFile(ContractFile.Policy, Encoding.UTF8.GetBytes(Rules.Count == 0 ? text.Replace("never:", "never: []").ToString() : text.ToString()));
        }

        public ContractFile Contract() => TestContracts.Northgate.With($$"""
            contract: random
            partner: { id: random, name: Random Ltd, role: processor, country: GB }
            agreement: { reference: "R", effective: 2026-01-01, expires: 2027-12-31 }
            identity: { authority: partners, uri: "spiffe://shop.example/partner/random" }
            grants:
              - purpose: {{Purpose}}
                basis: contract
                record: {{s_records[Record].Record}}
                methods: [{{s_records[Record].Method}}]
                fields: [{ paths: [{{string.Join(", ", Paths)}}], because: whatever }]
                window: 1d
                max_open: 1d
                delete_after: 1d
            """);

        public bool IsForbidden() => s_floor.Concat(Rules).Any(r => Paths.Any(p => Forbids(r, CategoryOf(p))));

        // A policy may not even name what a rule forbids.
        public bool PolicyNames((string[] Purposes, string[] Categories) rule) =>
            IsAbout(rule) && Categories.Any(c => rule.Categories.Any(f => Includes(f, c)));

        private bool Forbids((string[] Purposes, string[] Categories) rule, string category) => IsAbout(rule)
            && (rule.Categories.Length == 0 || rule.Categories.Any(c => Includes(c, category) || Includes(category, c)));

        private bool IsAbout((string[] Purposes, string[] Categories) rule) =>
            rule.Purposes.Length == 0 || rule.Purposes.Any(p => Includes(p, Purpose) || Includes(Purpose, p));

        private string CategoryOf(string path) => TestContracts.Catalogue.Records[s_records[Record].Record].FindLeaf(path)!.Category;
    }
}
