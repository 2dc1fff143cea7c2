namespace Gateway.Core.Contracts.Comparison;

/// <summary>What the policy allows more, or less. It releases nothing by itself, yet a contract may follow it.</summary>
internal static class PolicyComparison
{
    public static void Compare(Policy before, Policy after, List<ContractChange> changes)
    {
        Sets(before.Area, after.Area, "the policy's area", changes);
        Sets(before.Purposes.Keys, after.Purposes.Keys, "the policy's purposes", changes);
        // A list releases nothing by itself, yet whoever is on it can be written to under its purpose.
        Sets(before.Lists.Select(l => $"{l.Id} for {l.Purpose}"), after.Lists.Select(l => $"{l.Id} for {l.Purpose}"), "the policy's lists", changes);
        if (before.Name != after.Name)
        {
            changes.Add(new ContractChange(ChangeKind.Other, "", $"the policy is {after.Name}, before {before.Name}"));
        }

        Never(before, after, changes);
        if (before.Controller != after.Controller || !before.Subjects.SequenceEqual(after.Subjects) || !before.Security.SequenceEqual(after.Security))
        {
            changes.Add(new ContractChange(ChangeKind.Other, "", "the policy says something else of the controller, the persons or the security measures"));
        }

        foreach (var purpose in after.Purposes.Values.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            if (!before.Purposes.TryGetValue(purpose.Key, out var old))
            {
                continue;
            }

            Sets(old.Categories, purpose.Categories, $"the categories of {purpose.Key}", changes);
            Sets(old.Bases.Select(b => b.Name()), purpose.Bases.Select(b => b.Name()), $"the bases of {purpose.Key}", changes);
            if (old.Promise != purpose.Promise)
            {
                changes.Add(new ContractChange(ChangeKind.Other, "", $"the promise of {purpose.Key} is '{purpose.Promise}', before '{old.Promise}'"));
            }
        }
    }

    // Also where nothing is granted that it forbade: what nobody may be given is part of what is promised.
    private static void Never(Policy before, Policy after, List<ContractChange> changes)
    {
        changes.AddRange(after.Never.Except(before.Never)
            .Select(r => new ContractChange(ChangeKind.Narrowing, "", $"the policy says never {r.Phrase}, because {r.Because}")));
        changes.AddRange(before.Never.Except(after.Never)
            .Select(r => new ContractChange(ChangeKind.Widening, "", $"the policy no longer says never {r.Phrase}, because {r.Because}")));
    }

    private static void Sets(IEnumerable<string> before, IEnumerable<string> after, string what, List<ContractChange> changes)
    {
        var (was, now) = (before.ToHashSet(StringComparer.Ordinal), after.ToHashSet(StringComparer.Ordinal));
        changes.AddRange(now.Where(v => !was.Contains(v)).Order(StringComparer.Ordinal)
            .Select(v => new ContractChange(ChangeKind.Widening, "", $"{what} gain {v}")));
        changes.AddRange(was.Where(v => !now.Contains(v)).Order(StringComparer.Ordinal)
            .Select(v => new ContractChange(ChangeKind.Narrowing, "", $"{what} lose {v}")));
    }
}
