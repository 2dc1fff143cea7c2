using Gateway.Core.Statistics;

namespace Gateway.Core.Contracts.Comparison;

/// <summary>Which statistics partners get before and after, whichever contract of the partner they stand in.</summary>
internal static class StatisticsComparison
{
    public static void Compare(Snapshot before, Snapshot after, List<ContractChange> changes)
    {
        Lists(before.Policy.Statistics, after.Policy.Statistics, changes);
        var (was, now) = (ByPartner(before), ByPartner(after));
        foreach (var partner in now.Keys.Union(was.Keys, StringComparer.Ordinal))
        {
            Compare(was.GetValueOrDefault(partner), now.GetValueOrDefault(partner), (kind, text) => changes.Add(new ContractChange(kind, partner, text)));
        }
    }

    private static void Compare(StatisticsTerms? before, StatisticsTerms? after, Action<ChangeKind, string> add)
    {
        var (was, now) = (Lines(before), Lines(after));
        foreach (var line in now.Except(was, StringComparer.Ordinal))
        {
            add(ChangeKind.Widening, $"gains the statistics {line}");
        }

        foreach (var line in was.Except(now, StringComparer.Ordinal))
        {
            add(ChangeKind.Narrowing, $"loses the statistics {line}");
        }

        if (before is null || after is null)
        {
            return;
        }

        if (before.MinimumVisitors != after.MinimumVisitors)
        {
            add(after.MinimumVisitors < before.MinimumVisitors ? ChangeKind.Widening : ChangeKind.Narrowing,
                $"gets statistics of at least {after.MinimumVisitors} visitors a cell, before {before.MinimumVisitors}");
        }

        if (before.CallsPerSecond != after.CallsPerSecond)
        {
            add((after.CallsPerSecond ?? int.MaxValue) > (before.CallsPerSecond ?? int.MaxValue) ? ChangeKind.Widening : ChangeKind.Narrowing,
                $"may ask for statistics {Words(after.CallsPerSecond)}, before {Words(before.CallsPerSecond)}");
        }

        if (before.Basis != after.Basis)
        {
            add(ChangeKind.Other, $"gets statistics on the basis {after.Basis.Name()}, before {before.Basis.Name()}");
        }
    }

    private static void Lists(StatisticsLists? before, StatisticsLists? after, List<ContractChange> changes)
    {
        void Values(string what, IEnumerable<string> was, IEnumerable<string> now)
        {
            changes.AddRange(now.Except(was, StringComparer.Ordinal).Select(v => new ContractChange(ChangeKind.Widening, "", $"the policy's {what} of statistics gain {v}")));
            changes.AddRange(was.Except(now, StringComparer.Ordinal).Select(v => new ContractChange(ChangeKind.Narrowing, "", $"the policy's {what} of statistics lose {v}")));
        }

        Values("countries", before?.Countries ?? [], after?.Countries ?? []);
        Values("page groups", before?.PageGroups ?? [], after?.PageGroups ?? []);
        Values("referrers", before?.Referrers ?? [], after?.Referrers ?? []);
        if (before is not null && after is not null && before.MinimumVisitors != after.MinimumVisitors)
        {
            changes.Add(new ContractChange(after.MinimumVisitors < before.MinimumVisitors ? ChangeKind.Widening : ChangeKind.Narrowing, "",
                $"the policy asks for at least {after.MinimumVisitors} visitors a cell of statistics, before {before.MinimumVisitors}"));
        }
    }

    private static string[] Lines(StatisticsTerms? terms) => terms is null ? []
        : [.. terms.Figures.Select(f => $"{f}, by the {(terms.Period == PeriodKind.Month ? "month" : "week")}, under {terms.Purpose.Key}")];

    private static string Words(int? calls) => calls is null ? "without limit" : $"{calls} times a second";

    // Contracts of one partner follow one another: the latest is what it comes to.
    private static Dictionary<string, StatisticsTerms> ByPartner(Snapshot snapshot) => snapshot.Contracts.Where(c => c.Statistics is not null)
        .GroupBy(c => c.Partner.Id, StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.MaxBy(c => c.Agreement.Effective)!.Statistics!, StringComparer.Ordinal);
}
