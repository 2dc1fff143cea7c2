using System.Collections.Frozen;
using Google.Protobuf.Reflection;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>How a source may write the values of one enum.</summary>
internal sealed class EnumNames
{
    private readonly FrozenDictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _byName;
    private readonly FrozenSet<int> _numbers;
    private readonly int _longest;

    public EnumNames(EnumDescriptor descriptor)
    {
        Name = descriptor.FullName;
        var prefix = string.Concat(descriptor.Name.Select((c, i) => i > 0 && char.IsAsciiLetterUpper(c) ? "_" + c : c.ToString())) + "_";
        var names = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var value in descriptor.Values)
        {
            names[value.Name] = value.Number;
            if (value.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            {
                names.TryAdd(value.Name[prefix.Length..], value.Number);
            }
        }

        _longest = names.Keys.Max(n => n.Length);
        _byName = names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _numbers = descriptor.Values.Select(v => v.Number).ToFrozenSet();
    }

    /// <summary>The enum's full name.</summary>
    public string Name { get; }

    /// <summary>A value's name in ASCII, with or without the prefix.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out int number)
    {
        number = 0;
        if (name.Length > _longest)
        {
            return false;
        }

        Span<char> text = stackalloc char[_longest];
        return System.Text.Ascii.ToUtf16(name, text, out var length) == System.Buffers.OperationStatus.Done
            && _byName.TryGetValue(text[..length], out number);
    }

    /// <summary>A value's number.</summary>
    public bool TryFind(long number, out int known)
    {
        known = (int)number;
        return _numbers.Contains(known);
    }
}
