using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>
/// A field that can tell of health, belief or sexuality stands in an entry of its own, with a reason that no other entry gives, and
/// under the name of a member of staff who answers for privacy.
/// </summary>
/// <param name="staff">Who may approve; null where the staff cannot be read.</param>
/// <param name="findings">Where errors go.</param>
internal sealed class SensitiveFields(StaffDirectory? staff, Findings findings)
{
    private readonly Dictionary<string, Mark> _reasons = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reasonsForSensitive = new(StringComparer.Ordinal);

    /// <summary>Checks one entry.</summary>
    /// <returns>Who approved it; null where nobody did or nobody needs to.</returns>
    public string? Check(Section entry, string? because, int paths, IReadOnlyList<(Leaf Leaf, Mark At)> leaves)
    {
        var node = entry.Find("approved_by");
        var approvedBy = Scalars.Id(node, "approved_by", findings);
        var sensitive = leaves.Where(l => l.Leaf.Sensitive).ToArray();
        CheckReason(entry, because, sensitive);
        if (sensitive.Length == 0)
        {
            if (approvedBy is not null && leaves.Count == paths)
            {
                findings.Warn(node!.Mark, "'approved_by' stands where no field is sensitive", "leave it out");
            }

            return null;
        }

        if (paths > 1)
        {
            foreach (var (leaf, at) in sensitive)
            {
                findings.Error(at, $"{leaf.Path} is sensitive and stands among other fields",
                    "write an entry for it alone, with its own 'because' and 'approved_by'");
            }
        }

        if (node is null)
        {
            findings.Error(sensitive[0].At, $"{sensitive[0].Leaf.Path} is sensitive and nobody approved it",
                "write 'approved_by: ' and the id of a member of staff whose role is privacy");
        }
        else if (approvedBy is not null)
        {
            CheckApprover(sensitive[0].Leaf, approvedBy, node.Mark);
        }

        return approvedBy;
    }

    private void CheckReason(Section entry, string? because, (Leaf Leaf, Mark At)[] sensitive)
    {
        if (because is null)
        {
            return;
        }

        var at = entry.Find("because")!.Mark;
        var isNew = _reasons.TryAdd(because, at);
        if (!isNew && (sensitive.Length > 0 || _reasonsForSensitive.Contains(because)))
        {
            findings.Error(at, $"the reason is that of the entry at {_reasons[because].Place}, and one of the two fields is sensitive",
                "write what the sensitive field itself is needed for");
        }

        if (sensitive.Length > 0)
        {
            _reasonsForSensitive.Add(because);
        }
    }

    private void CheckApprover(Leaf leaf, string approvedBy, Mark at)
    {
        if (staff is null)
        {
            findings.Warn(at, $"whether '{approvedBy}' may approve {leaf.Path} cannot be checked: staff.yaml is missing or has errors",
                "put the folder's staff.yaml beside the contracts");
            return;
        }

        var mayApprove = staff.Members.Where(m => m.Roles.Contains(StaffRole.Privacy)).Select(m => m.Id).ToArray();
        if (mayApprove.Contains(approvedBy, StringComparer.Ordinal))
        {
            return;
        }

        var what = staff.Members.Any(m => m.Id == approvedBy) ? "does not have the role privacy" : "is not in staff.yaml";
        findings.Error(at, $"'{approvedBy}' {what}, and {leaf.Path} is sensitive",
            mayApprove.Length > 0 ? "let one approve it who has: " + string.Join(", ", mayApprove) : "give the role privacy to somebody who then approves it");
    }
}
