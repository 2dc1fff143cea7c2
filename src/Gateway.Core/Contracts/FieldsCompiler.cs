using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Minimisation;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Contracts;

/// <summary>A grant's <c>fields</c> → its <see cref="GrantedField"/>s: leaves only, each once, each within the purpose's categories.</summary>
/// <param name="policy">What is known of the policy.</param>
/// <param name="purposeKey">The purpose as written; null where it cannot be read.</param>
/// <param name="purpose">The purpose; null where the policy has none of that key.</param>
/// <param name="findings">Where errors go.</param>
internal sealed class FieldsCompiler(CompiledPolicy policy, string? purposeKey, Purpose? purpose, Findings findings)
{
    private readonly Dictionary<Leaf, (GrantedField Field, Mark At)> _fields = [];
    private readonly SensitiveFields _sensitive = new(policy.Staff, findings);

    public ImmutableArray<GrantedField> Compile(Section grant, RecordType? record, List<ServiceMethod> methods)
    {
        foreach (var node in grant.RequireList("fields", "[{ paths: […], because: … }]"))
        {
            if (Section.Of(node, "the fields entry", findings, ["paths", "because", "approved_by", .. TransformCompiler.Keys]) is { } section)
            {
                CompileEntry(section, record);
            }
        }

        if (record is not null)
        {
            CheckKey(grant, record, methods);
        }

        return [.. _fields.Values.Select(f => f.Field).OrderBy(f => f.Leaf.Index)];
    }

    private void CompileEntry(Section entry, RecordType? record)
    {
        var because = Scalars.Text(entry.Require("because", "what the partner needs these fields for"), "because", findings);
        var transform = TransformCompiler.Compile(entry, findings);
        var paths = entry.RequireList("paths", "[order_id]");
        var leaves = new List<(Leaf Leaf, Mark At)>();
        foreach (var pathNode in paths)
        {
            if (Scalars.Text(pathNode, "paths", findings) is { } path && record is not null
                && LeafOf(path, record, pathNode.Mark, findings) is { } leaf)
            {
                leaves.Add((leaf, pathNode.Mark));
            }
        }

        var approvedBy = _sensitive.Check(entry, because, paths.Length, leaves);
        foreach (var (leaf, at) in leaves)
        {
            if (_fields.TryGetValue(leaf, out var before))
            {
                findings.Error(at, $"{leaf.Path} is granted twice, first at {before.At.Place}", "write it once");
                continue;
            }

            _fields.Add(leaf, (new GrantedField(leaf, transform, because ?? "") { ApprovedBy = approvedBy }, at));
            CheckCategory(leaf, at);
            if (transform is not null && !transform.FitsOn(leaf, out var instead))
            {
                findings.Error(at, $"{transform} does not go on {leaf.Path}", instead);
            }
        }
    }

    internal static Leaf? LeafOf(string path, RecordType record, Mark at, Findings findings)
    {
        if (record.FindLeaf(path) is { } leaf)
        {
            return leaf;
        }

        var below = record.Resolve(path);
        if (!below.IsEmpty)
        {
            findings.Error(at, $"{path} is a message, and a field added to it later must not be granted by this line",
                "name its leaves: " + string.Join(", ", below.Select(l => l.Path)));
        }
        else
        {
            findings.Error(at, $"{record.Name} has no field {Findings.Quote(path)}", Suggestion.Or(path, record.Leaves.Select(l => l.Path),
                "write one of: " + string.Join(", ", record.Leaves.Select(l => l.Path))));
        }

        return null;
    }

    // What is never allowed is told before what the policy does not allow: no change of the policy would help.
    private void CheckCategory(Leaf leaf, Mark at)
    {
        if (purposeKey is not null && Taxonomy.IsUse(purposeKey) && NeverCheck.Field(policy.Never, purposeKey, leaf, at, findings))
        {
            return;
        }

        if (purpose is not null && !purpose.Categories.Any(c => Taxonomy.Covers(c, leaf.Category)))
        {
            findings.Error(at, $"{leaf.Path} is {leaf.Category}, which the policy does not allow for {purpose.Key}",
                "leave the field out; the purpose allows " + string.Join(", ", purpose.Categories.Order(StringComparer.Ordinal)));
        }
    }

    // A tombstone names the record by its key as it is, so a watch releases the key whatever the fields say.
    private void CheckKey(Section grant, RecordType record, List<ServiceMethod> methods)
    {
        var key = record.Key;
        var asItIs = _fields.TryGetValue(key, out var granted) && granted.Field.Transform is null;
        if (asItIs)
        {
            return;
        }

        if (methods.FirstOrDefault(m => m.Shape == Shape.Watch) is { } watch)
        {
            findings.Error(granted.Field is null ? grant.Find("fields")?.Mark ?? grant.Mark : granted.At,
                $"{watch.Name} tells by {key.Path} that a record is gone, and {key.Path} is not granted as it is",
                $"grant {key.Path} without transform, or leave {watch.Name} out");
        }
        else if (granted.Field is null && methods.FirstOrDefault(m => m.Shape is Shape.List or Shape.BatchGet) is { } several)
        {
            findings.Warn(grant.Find("fields")?.Mark ?? grant.Mark,
                $"{several.Name} gives several records and {key.Path} is not granted, so the partner cannot tell which is which",
                $"grant {key.Path} if it needs to");
        }
    }
}
