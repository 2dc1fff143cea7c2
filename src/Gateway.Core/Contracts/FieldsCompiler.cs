using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts.Yaml;
using Gateway.Core.Minimisation;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Contracts;

/// <summary>A grant's <c>fields</c> → its <see cref="GrantedField"/>s: leaves only, each once, each within the purpose's categories.</summary>
internal static class FieldsCompiler
{
    public static ImmutableArray<GrantedField> Compile(
        Section grant, RecordType? record, List<ServiceMethod> methods, Purpose? purpose, Findings findings)
    {
        var fields = new Dictionary<Leaf, (GrantedField Field, Mark At)>();
        foreach (var node in grant.RequireList("fields", "[{ paths: […], because: … }]"))
        {
            if (Section.Of(node, "the fields entry", findings, ["paths", "because", .. TransformCompiler.Keys]) is not { } section)
            {
                continue;
            }

            var because = Scalars.Text(section.Require("because", "what the partner needs these fields for"), "because", findings);
            var transform = TransformCompiler.Compile(section, findings);
            foreach (var pathNode in section.RequireList("paths", "[order_id]"))
            {
                if (Scalars.Text(pathNode, "paths", findings) is not { } path || record is null
                    || LeafOf(path, record, pathNode.Mark, findings) is not { } leaf)
                {
                    continue;
                }

                if (fields.TryGetValue(leaf, out var before))
                {
                    findings.Error(pathNode.Mark, $"{path} is granted twice, first at {before.At.Place}", "write it once");
                    continue;
                }

                fields.Add(leaf, (new GrantedField(leaf, transform, because ?? ""), pathNode.Mark));
                CheckCategory(leaf, purpose, pathNode.Mark, findings);
                if (transform is not null && !transform.FitsOn(leaf, out var instead))
                {
                    findings.Error(pathNode.Mark, $"{transform} does not go on {path}", instead);
                }
            }
        }

        if (record is not null)
        {
            CheckKey(grant, record, methods, fields, findings);
        }

        return [.. fields.Values.Select(f => f.Field).OrderBy(f => f.Leaf.Index)];
    }

    private static Leaf? LeafOf(string path, RecordType record, Mark at, Findings findings)
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

    private static void CheckCategory(Leaf leaf, Purpose? purpose, Mark at, Findings findings)
    {
        if (purpose is not null && !purpose.Categories.Any(c => Taxonomy.Covers(c, leaf.Category)))
        {
            findings.Error(at, $"{leaf.Path} is {leaf.Category}, which the policy does not allow for {purpose.Key}",
                "leave the field out; the purpose allows " + string.Join(", ", purpose.Categories.Order(StringComparer.Ordinal)));
        }
    }

    // A tombstone names the record by its key as it is, so a watch releases the key whatever the fields say.
    private static void CheckKey(
        Section grant, RecordType record, List<ServiceMethod> methods, Dictionary<Leaf, (GrantedField Field, Mark At)> fields, Findings findings)
    {
        var key = record.Key;
        var asItIs = fields.TryGetValue(key, out var granted) && granted.Field.Transform is null;
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
