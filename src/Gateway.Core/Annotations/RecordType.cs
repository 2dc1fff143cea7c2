using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Protos.Annotations.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>A record message with its labels resolved: what contracts, sources and the minimiser know of it.</summary>
public sealed class RecordType
{
    private readonly FrozenDictionary<string, Leaf> _byPath;
    private readonly FrozenDictionary<string, ImmutableArray<Leaf>> _byPrefix;

    internal RecordType(MessageDescriptor descriptor, RecordLabel label, ImmutableArray<Leaf> leaves)
    {
        Descriptor = descriptor;
        Source = label.Source;
        Domain = label.Domain;
        Leaves = leaves;
        _byPath = leaves.ToFrozenDictionary(l => l.Path, StringComparer.Ordinal);
        _byPrefix = leaves
            .SelectMany(l => Prefixes(l).Select(p => (Prefix: p, Leaf: l)))
            .GroupBy(x => x.Prefix, x => x.Leaf, StringComparer.Ordinal)
            .ToFrozenDictionary(g => g.Key, g => g.ToImmutableArray(), StringComparer.Ordinal);
        Key = _byPath[label.Key];
        AlternateKeys = [.. label.AlternateKeys.Select(k => _byPath[k])];
        Permission = label.Permission.Length > 0 ? _byPath[label.Permission] : null;
    }

    /// <summary>The message.</summary>
    public MessageDescriptor Descriptor { get; }

    /// <summary>Full name: <c>gateway.fulfilment.v1.Shipment</c>.</summary>
    public string Name => Descriptor.FullName;

    /// <summary>The source view's name, without prefix or schema: <c>shipments</c>.</summary>
    public string Source { get; }

    /// <summary>Who a person is, or what a visitor browses; never both.</summary>
    public Domain Domain { get; }

    /// <summary>Every leaf, in declaration order, depth first.</summary>
    public ImmutableArray<Leaf> Leaves { get; }

    /// <summary>The leaf that identifies the record.</summary>
    public Leaf Key { get; }

    /// <summary>Other leaves by which one record can be asked for.</summary>
    public ImmutableArray<Leaf> AlternateKeys { get; }

    /// <summary>The leaf that names the list its subject asked to be on; null where the record needs no permission.</summary>
    public Leaf? Permission { get; }

    /// <summary>The leaf at exactly this path, or null: also where the path names a message.</summary>
    public Leaf? FindLeaf(string path) => _byPath.GetValueOrDefault(path);

    /// <summary>The leaves that a path stands for: itself, or those of the message it names. Empty where there is no such path.</summary>
    public ImmutableArray<Leaf> Resolve(string path) =>
        _byPath.TryGetValue(path, out var leaf) ? [leaf] : _byPrefix.GetValueOrDefault(path, []);

    private static IEnumerable<string> Prefixes(Leaf leaf)
    {
        for (var i = 1; i < leaf.Fields.Count; i++)
        {
            yield return string.Join('.', leaf.Fields.Take(i).Select(f => f.Name));
        }
    }

    public override string ToString() => Name;
}
