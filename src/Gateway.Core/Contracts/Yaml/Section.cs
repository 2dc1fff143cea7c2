using System.Collections.Immutable;

namespace Gateway.Core.Contracts.Yaml;

/// <summary>One mapping of the format with its closed list of keys. Any other key is an error.</summary>
internal sealed class Section
{
    private readonly YamlMap _map;
    private readonly string _name;

    /// <param name="map">The mapping.</param>
    /// <param name="name">What it is, for messages: <c>the partner</c>.</param>
    /// <param name="findings">Where errors go.</param>
    /// <param name="keys">Every key it may hold.</param>
    public Section(YamlMap map, string name, Findings findings, params string[] keys)
    {
        _map = map;
        _name = name;
        Findings = findings;
        foreach (var entry in map.Entries.Where(e => !keys.Contains(e.Key, StringComparer.Ordinal)))
        {
            findings.Error(entry.Mark, $"{Findings.Quote(entry.Key)} is no key of {name}",
                Suggestion.Or(entry.Key, keys, "write one of: " + string.Join(", ", keys)));
        }
    }

    /// <summary>Where errors go.</summary>
    public Findings Findings { get; }

    /// <summary>Where the section begins.</summary>
    public Mark Mark => _map.Mark;

    /// <summary>A mapping as a section; null, with an error, where it is something else.</summary>
    public static Section? Of(YamlNode? node, string name, Findings findings, params string[] keys)
    {
        switch (node)
        {
            case YamlMap map:
                return new Section(map, name, findings, keys);
            case null or YamlUnreadable:
                return null;
            default:
                findings.Error(node.Mark, $"{name} is not a mapping", "write the keys " + string.Join(", ", keys));
                return null;
        }
    }

    /// <summary>The value of a key that may be left out.</summary>
    public YamlNode? Find(string key) => _map.Entries.FirstOrDefault(e => e.Key == key)?.Value;

    /// <summary>The value of a key that must be there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="example">What to write, after <c>key:</c>.</param>
    public YamlNode? Require(string key, string example)
    {
        var value = Find(key);
        if (value is null)
        {
            Findings.Error(Mark, $"'{key}' is missing in {_name}", $"write '{key}: {example}'");
        }

        return value;
    }

    /// <summary>The items of a list that may be left out; empty where it is, or is not a list.</summary>
    public ImmutableArray<YamlNode> List(string key, string example)
    {
        switch (Find(key))
        {
            case YamlList list:
                return list.Items;
            case null or YamlUnreadable:
                return [];
            case var other:
                Findings.Error(other.Mark, $"'{key}' is not a list", $"write '{key}: {example}'");
                return [];
        }
    }

    /// <summary>The items of a list that must be there and hold something.</summary>
    public ImmutableArray<YamlNode> RequireList(string key, string example)
    {
        if (Require(key, example) is YamlList { Items.IsEmpty: true } empty)
        {
            Findings.Error(empty.Mark, $"'{key}' is empty", $"write '{key}: {example}'");
        }

        return List(key, example);
    }
}
