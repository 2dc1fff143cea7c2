using System.Collections.Immutable;

namespace Gateway.Core.Contracts;

/// <summary>The legal bases as contracts, log entries and answers write them: GDPR Art. 6(1), snake case.</summary>
public static class LegalBasisNames
{
    private static readonly ImmutableArray<string> s_names =
        ["consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"];

    /// <summary>Every name, in the order of the article.</summary>
    public static ImmutableArray<string> All => s_names;

    /// <summary>The name of a basis.</summary>
    public static string Name(this LegalBasis basis) => s_names[(int)basis];

    /// <summary>The basis of this name, or null.</summary>
    public static LegalBasis? Find(string name) => s_names.IndexOf(name) is >= 0 and var index ? (LegalBasis)index : null;
}
