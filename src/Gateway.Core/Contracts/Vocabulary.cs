namespace Gateway.Core.Contracts;

/// <summary>What contracts ask of the taxonomy.</summary>
internal static class Vocabulary
{
    public static bool IsUse(string key) => key.Length > 0;

    public static string SuggestUse(string key) => "";

    public static bool Covers(string category, string leaf) =>
        leaf == category || leaf.StartsWith(category + ".", StringComparison.Ordinal);
}
