using System.Collections.Immutable;
using Gateway.Core.Annotations;

namespace Gateway.Core.Minimisation;

/// <summary>An immutable set of one record's leaves, by <see cref="Leaf.Index"/>. Testing membership costs a shift and a mask.</summary>
public sealed class FieldSet : IEquatable<FieldSet>
{
    private readonly ulong[] _bits;

    private FieldSet(ulong[] bits) => _bits = bits;

    /// <summary>The set of <paramref name="leaves"/>, all of <paramref name="record"/>.</summary>
    public static FieldSet Of(RecordType record, IEnumerable<Leaf> leaves)
    {
        var bits = new ulong[(record.Leaves.Length + 63) / 64];
        foreach (var leaf in leaves)
        {
            bits[leaf.Index >> 6] |= 1UL << (leaf.Index & 63);
        }

        return new FieldSet(bits);
    }

    /// <summary>True when the leaf at <paramref name="index"/> is in the set.</summary>
    public bool Has(int index) => (_bits[index >> 6] & (1UL << (index & 63))) != 0;

    /// <summary>Leaves <c>64 × word</c> to <c>64 × word + 63</c>, lowest bit first: what the compiled minimiser tests.</summary>
    internal ulong Word(int word) => _bits[word];

    /// <summary>True when the set holds nothing.</summary>
    public bool IsEmpty => !_bits.AsSpan().ContainsAnyExcept(0UL);

    /// <summary>What both hold.</summary>
    public FieldSet Intersect(FieldSet other)
    {
        var bits = new ulong[_bits.Length];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = _bits[i] & other._bits[i];
        }

        return new FieldSet(bits);
    }

    /// <summary>The leaves of <paramref name="record"/> that are in the set, in order.</summary>
    public ImmutableArray<Leaf> Leaves(RecordType record) => [.. record.Leaves.Where(l => Has(l.Index))];

    public bool Equals(FieldSet? other) => other is not null && _bits.AsSpan().SequenceEqual(other._bits);

    public override bool Equals(object? obj) => Equals(obj as FieldSet);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var word in _bits)
        {
            hash.Add(word);
        }

        return hash.ToHashCode();
    }
}
