using Gateway.Core.Annotations;
using Gateway.Core.Minimisation;

namespace Gateway.Core.Contracts.Comparison;

/// <summary>What grants let out before and after, by partner, purpose and record, whichever contract of the partner they stand in.</summary>
internal static class GrantComparison
{
    public static void Compare(Snapshot before, Snapshot after, List<ContractChange> changes)
    {
        var (was, now) = (ByUse(before), ByUse(after));
        foreach (var key in now.Keys.Union(was.Keys))
        {
            var uses = new Change(key.Partner, key.Purpose, changes);
            Fields(was.GetValueOrDefault(key, []), now.GetValueOrDefault(key, []), uses);
            Methods(was.GetValueOrDefault(key, []), now.GetValueOrDefault(key, []), uses);
            if (was.TryGetValue(key, out var old) && now.TryGetValue(key, out var next))
            {
                Terms(old, next, uses);
            }
        }
    }

    private static void Fields(Grant[] before, Grant[] after, Change change)
    {
        var (was, now) = (Widest(before), Widest(after));
        foreach (var (leaf, field) in now)
        {
            var form = field.Transform is null ? "" : $", {field.Transform}";
            if (!was.TryGetValue(leaf, out var old))
            {
                change.Widens($"gains {leaf.Path} ({leaf.Category}){form} under {change.Purpose}, because {field.Because}{Approval(field)}");
            }
            else if (!Equals(old.Transform, field.Transform))
            {
                var text = $"gets {leaf.Path} ({leaf.Category}) {Form(field.Transform)}, before {Form(old.Transform)}, under {change.Purpose}";
                change.Add(Narrows(old.Transform, field.Transform) ? ChangeKind.Narrowing : ChangeKind.Widening, text);
            }
            else if (old.Because != field.Because)
            {
                change.Add(ChangeKind.Other, $"gets {leaf.Path} under {change.Purpose} because {field.Because}, before because {old.Because}");
            }
        }

        foreach (var (leaf, field) in now.Where(f => was.TryGetValue(f.Key, out var old) && old.ApprovedBy != f.Value.ApprovedBy))
        {
            change.Add(ChangeKind.Other, $"gets {leaf.Path} under {change.Purpose} approved by {field.ApprovedBy ?? "nobody"}, before by {was[leaf].ApprovedBy ?? "nobody"}");
        }

        foreach (var leaf in was.Keys.Where(l => !now.ContainsKey(l)))
        {
            change.Add(ChangeKind.Narrowing, $"loses {leaf.Path} ({leaf.Category}) under {change.Purpose}");
        }
    }

    private static void Methods(Grant[] before, Grant[] after, Change change)
    {
        var was = before.SelectMany(g => g.Methods).ToHashSet(StringComparer.Ordinal);
        var now = after.SelectMany(g => g.Methods).ToHashSet(StringComparer.Ordinal);
        foreach (var method in now.Except(was, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            change.Widens($"may call {method} under {change.Purpose}");
        }

        foreach (var method in was.Except(now, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            change.Add(ChangeKind.Narrowing, $"may no longer call {method} under {change.Purpose}");
        }
    }

    private static void Terms(Grant[] before, Grant[] after, Change change)
    {
        change.Grows("window", before.Max(g => g.Window), after.Max(g => g.Window));
        change.Grows("max_open", before.Max(g => g.MaxOpen), after.Max(g => g.MaxOpen));
        change.Grows("delete_after", before.Max(g => g.DeleteAfter), after.Max(g => g.DeleteAfter));
        change.Grows("calls_per_second", before.Max(g => g.Limits.CallsPerSecond ?? int.MaxValue), after.Max(g => g.Limits.CallsPerSecond ?? int.MaxValue));
        change.Grows("subjects_per_day", before.Max(g => g.Limits.SubjectsPerDay ?? int.MaxValue), after.Max(g => g.Limits.SubjectsPerDay ?? int.MaxValue));
        change.Grows("misses_per_minute", before.Max(g => g.Limits.MissesPerMinute), after.Max(g => g.Limits.MissesPerMinute));
        var (was, now) = (Bases(before), Bases(after));
        if (was != now)
        {
            change.Add(ChangeKind.Other, $"rests on the basis {now}, before {was}, under {change.Purpose}");
        }
    }

    // Where two grants of a partner hold a leaf, the one that changes it least counts.
    private static Dictionary<Leaf, GrantedField> Widest(Grant[] grants) => grants.SelectMany(g => g.Fields)
        .GroupBy(f => f.Leaf).OrderBy(g => g.Key.Index).ToDictionary(g => g.Key, g => g.FirstOrDefault(f => f.Transform is null) ?? g.First());

    private static bool Narrows(Transform? before, Transform? after) => (before, after) switch
    {
        (null, _) => true,
        (Transform.KeepLast a, Transform.KeepLast b) => b.Count < a.Count,
        (Transform.KeepFirst a, Transform.KeepFirst b) => b.Count < a.Count,
        (Transform.Bucket a, Transform.Bucket b) => b.Size % a.Size == 0,
        _ => false,
    };

    private static Dictionary<(string Partner, string Purpose, string Record), Grant[]> ByUse(Snapshot snapshot) => snapshot.Contracts
        .SelectMany(c => c.Grants).GroupBy(g => (g.Partner, g.Purpose.Key, g.Record.Name)).ToDictionary(g => g.Key, g => g.ToArray());

    private static string Approval(GrantedField field) => field.ApprovedBy is null ? "" : $", approved by {field.ApprovedBy}";

    private static string Bases(Grant[] grants) => string.Join(", ", grants.Select(g => g.Basis).Distinct().Order().Select(b => b.Name()));

    private static string Form(Transform? transform) => transform?.ToString() ?? "as it is";

    private sealed record Change(string Partner, string Purpose, List<ContractChange> Changes)
    {
        public void Add(ChangeKind kind, string text) => Changes.Add(new ContractChange(kind, Partner, text));

        public void Widens(string text) => Add(ChangeKind.Widening, text);

        public void Grows<T>(string term, T before, T after)
            where T : IComparable<T>
        {
            if (before.CompareTo(after) != 0)
            {
                Add(
                    after.CompareTo(before) > 0 ? ChangeKind.Widening : ChangeKind.Narrowing,
                    $"has {term} {Words(after)}, before {Words(before)}, under {Purpose}");
            }
        }

        private static string Words<T>(T value) => value switch
        {
            int.MaxValue => "without limit",
            TimeSpan span => span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Days}d" : $"{(long)span.TotalHours}h",
            _ => $"{value}",
        };
    }
}
