using Gateway.Protos.Type.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>
/// One labelled leaf of a record: a scalar, enum, bytes, well-known type, <see cref="Money"/> or map of scalars. Contracts grant
/// leaves, sources read them, the minimiser copies them.
/// </summary>
public sealed class Leaf
{
    internal Leaf(int index, IReadOnlyList<FieldDescriptor> fields, string category, bool sensitive)
    {
        Index = index;
        Fields = fields;
        Path = string.Join('.', fields.Select(f => f.Name));
        Category = category;
        Sensitive = sensitive;
        Repeated = fields.Take(fields.Count - 1).Select((f, i) => (f, i)).FirstOrDefault(x => x.f.IsRepeated, (null!, -1)).Item2;
    }

    /// <summary>Position among the record's leaves, from 0; stable within a process only.</summary>
    public int Index { get; }

    /// <summary>Dotted path from the record: <c>address.postal_code</c>, <c>lines.sku</c>.</summary>
    public string Path { get; }

    /// <summary>The fields from the record down to the leaf; the last is the leaf itself.</summary>
    public IReadOnlyList<FieldDescriptor> Fields { get; }

    /// <summary>The leaf field itself.</summary>
    public FieldDescriptor Field => Fields[^1];

    /// <summary>fideslang data category, or the house's child of one.</summary>
    public string Category { get; }

    /// <summary>True where titles or notes can tell of health, belief or sexuality.</summary>
    public bool Sensitive { get; }

    /// <summary>Index in <see cref="Fields"/> of the repeated message that holds this leaf, or -1.</summary>
    public int Repeated { get; }

    /// <summary>True when the leaf is a <see cref="Money"/>, which is released whole.</summary>
    public bool IsMoney => !Field.IsMap && Field.FieldType == FieldType.Message && Field.MessageType == Money.Descriptor;

    public override string ToString() => Path;
}
