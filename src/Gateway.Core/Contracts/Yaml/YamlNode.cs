using System.Collections.Immutable;

namespace Gateway.Core.Contracts.Yaml;

/// <summary>A place in a file; line and column from 1.</summary>
internal readonly record struct Mark(string File, int Line, int Column)
{
    /// <summary><c>line:column</c>, for a second place in the same message.</summary>
    public string Place => $"{Line}:{Column}";
}

/// <summary>What the contracts' YAML can hold: no anchors, aliases or tags.</summary>
internal abstract record YamlNode(Mark Mark);

/// <param name="Text">The value, unescaped.</param>
/// <param name="Plain">True when it was written without quotes.</param>
/// <param name="Mark">Where it begins.</param>
internal sealed record YamlScalar(string Text, bool Plain, Mark Mark) : YamlNode(Mark);

internal sealed record YamlList(ImmutableArray<YamlNode> Items, Mark Mark) : YamlNode(Mark);

internal sealed record YamlMap(ImmutableArray<YamlEntry> Entries, Mark Mark) : YamlNode(Mark);

internal sealed record YamlEntry(string Key, Mark Mark, YamlNode Value);

/// <summary>Stands where an error has been told already, so that it is told once.</summary>
internal sealed record YamlUnreadable(Mark Mark) : YamlNode(Mark);
