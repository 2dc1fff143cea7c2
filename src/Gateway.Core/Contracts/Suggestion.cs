using Gateway.Core.Annotations;

namespace Gateway.Core.Contracts;

/// <summary>What to write instead of a word that is not known.</summary>
public static class Suggestion
{
    /// <summary><c>did you mean 'x'?</c>, or <paramref name="otherwise"/> where nothing is near.</summary>
    public static string Or(string word, IEnumerable<string> candidates, string otherwise) =>
        Spelling.Nearest(word, candidates) is { } near ? $"did you mean '{near}'?" : otherwise;
}
