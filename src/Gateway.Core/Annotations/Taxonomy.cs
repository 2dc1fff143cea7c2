using System.Collections.Frozen;

namespace Gateway.Core.Annotations;

/// <summary>
/// The closed list of fideslang data uses and data categories, with the house's children of them, read once from
/// <c>taxonomy.txt</c>. Labels, policies and contracts are checked against it.
/// </summary>
public static class Taxonomy
{
    private static readonly string[][] s_lines = Read();

    private static readonly FrozenSet<string> s_categories = Keys("category");

    private static readonly FrozenSet<string> s_uses = Keys("use");

    private static readonly FrozenDictionary<string, string> s_renamed = s_lines.Where(l => l[0] == "renamed")
        .ToFrozenDictionary(l => l[1], l => l[2], StringComparer.Ordinal);

    /// <summary>Every data category.</summary>
    public static IReadOnlySet<string> Categories => s_categories;

    /// <summary>Every data use.</summary>
    public static IReadOnlySet<string> Uses => s_uses;

    /// <summary>True when <paramref name="key"/> is a known data category.</summary>
    public static bool IsCategory(string key) => s_categories.Contains(key);

    /// <summary>True when <paramref name="key"/> is a known data use.</summary>
    public static bool IsUse(string key) => s_uses.Contains(key);

    /// <summary>True when <paramref name="parent"/> stands for <paramref name="child"/>: the same key, or one that begins with it and a dot.</summary>
    public static bool Covers(string parent, string child) =>
        child.StartsWith(parent, StringComparison.Ordinal) && (child.Length == parent.Length || child[parent.Length] == '.');

    /// <summary><c>; did you mean 'x'?</c> for a key that is no data category, or empty where nothing is near.</summary>
    public static string SuggestCategory(string key) => Suggest(key, s_categories);

    /// <summary><c>; did you mean 'x'?</c> for a key that is no data use, or empty where nothing is near.</summary>
    public static string SuggestUse(string key) => Suggest(key, s_uses);

    private static string Suggest(string key, FrozenSet<string> known)
    {
        var near = s_renamed.TryGetValue(key, out var current) && known.Contains(current) ? current : Spelling.Nearest(key, known);
        return near is null ? "" : $"; did you mean '{near}'?";
    }

    private static FrozenSet<string> Keys(string kind) =>
        s_lines.Where(l => l[0] == kind).Select(l => l[1]).ToFrozenSet(StringComparer.Ordinal);

    private static string[][] Read()
    {
        using var stream = typeof(Taxonomy).Assembly.GetManifestResourceStream("taxonomy.txt")!;
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(l => l[0] != '#').Select(l => l.Split(' '))];
    }
}
