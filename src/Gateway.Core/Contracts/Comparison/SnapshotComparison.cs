using System.Collections.Immutable;

namespace Gateway.Core.Contracts.Comparison;

/// <summary>
/// What changes from one snapshot to another, widening first. Contracts not in force count too; where it cannot be told whether more
/// leaves, the change counts as widening.
/// </summary>
public static class SnapshotComparison
{
    public static ImmutableArray<ContractChange> Of(Snapshot before, Snapshot after)
    {
        var changes = new List<ContractChange>();
        PolicyComparison.Compare(before.Policy, after.Policy, changes);
        var (was, now) = (Partners(before), Partners(after));
        changes.AddRange(now.Except(was, StringComparer.Ordinal).Select(p => new ContractChange(ChangeKind.Widening, p, "is a new partner")));
        changes.AddRange(was.Except(now, StringComparer.Ordinal).Select(p => new ContractChange(ChangeKind.Narrowing, p, "is no partner any more")));
        GrantComparison.Compare(before, after, changes);
        StatisticsComparison.Compare(before, after, changes);
        foreach (var contract in after.Contracts)
        {
            if (before.Contracts.FirstOrDefault(c => c.Name == contract.Name) is { } old)
            {
                TermsComparison.Compare(old, contract, changes);
            }
        }

        // Stable: within a kind and partner, changes stay in the order of the contract.
        return [.. changes.OrderBy(c => c.Kind).ThenBy(c => c.Partner, StringComparer.Ordinal)];
    }

    private static string[] Partners(Snapshot snapshot) =>
        [.. snapshot.Contracts.Select(c => c.Partner.Id).Distinct(StringComparer.Ordinal)];
}
