using System.Globalization;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Tests.Wire;

/// <summary>What a record looks like on the wire: computed from the view's row, the grant and the mask, without the product.</summary>
internal sealed class OracleRecord
{
    private readonly Dictionary<string, FieldDescriptor[]> _leaves = new(StringComparer.Ordinal);

    public OracleRecord(MessageDescriptor type)
    {
        Type = type;
        var label = type.GetOptions().GetExtension(AnnotationsExtensions.Record);
        (Source, Key, Keys) = (label.Source, label.Key, [label.Key, .. label.AlternateKeys]);
        Permission = label.Permission.Length > 0 ? label.Permission : null;
        Repeated = [.. type.Fields.InDeclarationOrder().Where(f => f.IsRepeated).Select(f => f.Name)];
        Collect(type, []);
    }

    public MessageDescriptor Type { get; }

    /// <summary>The view, without its prefix.</summary>
    public string Source { get; }

    /// <summary>The key's field.</summary>
    public string Key { get; }

    /// <summary>The key and the alternate keys.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>The field that names the list its subject asked to be on; null where it needs none.</summary>
    public string? Permission { get; }

    /// <summary>Repeated messages.</summary>
    public IReadOnlyList<string> Repeated { get; }

    /// <summary>Every leaf there is.</summary>
    public IEnumerable<string> Leaves => _leaves.Keys;

    /// <summary>The granted paths that a mask leaves; null where it names what the record does not have.</summary>
    public IReadOnlySet<string>? Allowed(OracleGrant grant, string? mask)
    {
        if (string.IsNullOrWhiteSpace(mask))
        {
            return grant.Fields.Keys.ToHashSet(StringComparer.Ordinal);
        }

        var named = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in mask.Split(',').Select(p => p.Trim(' ')))
        {
            var meant = Leaves.Where(l => l == path || l.StartsWith(path + ".", StringComparison.Ordinal)).ToArray();
            if (meant.Length == 0)
            {
                return null;
            }

            named.UnionWith(meant);
        }

        named.IntersectWith(grant.Fields.Keys);
        return named;
    }

    /// <summary>True when the grant's partner may have the row now.</summary>
    public static bool IsAvailable(OracleRow row, OracleGrant grant, DateTimeOffset now) =>
        row.Recipient == grant.Partner && (row.ClosedAt is { } closed
            ? grant.Window > TimeSpan.Zero && closed > now - grant.Window
            : row.OpenedAt > now - grant.MaxOpen);

    /// <summary>The lines as <see cref="WireMessage.Lines"/> gives them.</summary>
    public SortedSet<string> Lines(OracleRow row, OracleGrant grant, IReadOnlySet<string> allowed, OracleTransforms transforms)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var path in allowed)
        {
            var fields = _leaves[path];
            var (holders, first) = fields[0].IsRepeated
                ? (row.Children[fields[0].Name].Select((child, i) => (child, $"{fields[0].Name}[{i}]")).ToArray(), 1)
                : ([(row, "")], 0);
            foreach (var (holder, element) in holders)
            {
                if (element.Length > 0)
                {
                    lines.Add(element);
                }

                var column = string.Join('_', fields[first..].Select(f => f.Name));
                var name = string.Join('.', fields[first..].Select(f => f.Name));
                foreach (var (part, text) in Value(holder, column, path, fields[^1], grant, transforms))
                {
                    lines.Add($"{(element.Length > 0 ? element + "." : "")}{name}{part} = {text}");
                }
            }
        }

        return lines;
    }

    private static IEnumerable<(string Part, string Text)> Value(
        OracleRow row, string column, string path, FieldDescriptor leaf, OracleGrant grant, OracleTransforms transforms)
    {
        if (row.Columns[column] is not { } raw)
        {
            return [];
        }

        var transform = grant.Fields[path];
        IEnumerable<(string Part, string Text)> parts = leaf.FieldType switch
        {
            FieldType.String => [("", transforms.Text((string)raw, transform, grant.Partner, leaf))],
            FieldType.Int32 => [("", OracleTransforms.Number((long)raw, transform).ToString(CultureInfo.InvariantCulture))],
            FieldType.Enum => [("", leaf.EnumType.Values.Single(v => v.Name == "CHARGE_STATUS_" + ((string)raw).ToUpperInvariant()).Number.ToString(CultureInfo.InvariantCulture))],
            FieldType.Message when leaf.MessageType.Name == "Money" => OracleTransforms.Money((string)raw, row.Text(column + "_currency"), transform),
            FieldType.Message when leaf.MessageType.Name == "Timestamp" => OracleTransforms.Instant((string)raw, transform),
            _ => throw new NotSupportedException(leaf.FullName),
        };
        // proto3: what is empty or zero is not on the wire.
        return parts.Where(p => p.Text is not ("" or "0"));
    }

    private void Collect(MessageDescriptor type, FieldDescriptor[] above)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            FieldDescriptor[] fields = [.. above, field];
            if (field.GetOptions()?.HasExtension(AnnotationsExtensions.Field) == true)
            {
                _leaves.Add(string.Join('.', fields.Select(f => f.Name)), fields);
            }
            else
            {
                Collect(field.MessageType, fields);
            }
        }
    }
}
