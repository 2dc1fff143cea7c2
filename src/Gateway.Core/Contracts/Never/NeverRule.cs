using System.Collections.Immutable;
using Gateway.Core.Annotations;

namespace Gateway.Core.Contracts.Never;

/// <summary>
/// What may never be granted, whatever policy and contracts say. With purposes alone, the purpose; with categories alone, the category,
/// to everybody; with both, the category for that purpose. A key stands for its children, and what stands for a forbidden key is
/// forbidden with it: a field labelled <c>user</c> may hold what is <c>user.financial</c>.
/// </summary>
/// <param name="Purposes">fideslang data uses; empty for every purpose.</param>
/// <param name="Categories">fideslang data categories; empty where the purpose itself is forbidden.</param>
/// <param name="Because">Why, in the words of whoever made the rule.</param>
/// <param name="Where">Where it stands: <c>built in</c> or <c>policy.yaml:40:5</c>.</param>
public sealed record NeverRule(ImmutableArray<string> Purposes, ImmutableArray<string> Categories, string Because, string Where)
{
    /// <summary>The rule as a phrase: <c>marketing with user.financial, user.behavior.purchase_history</c>.</summary>
    public string Phrase => (Purposes.IsEmpty, Categories.IsEmpty) switch
    {
        (false, true) => string.Join(", ", Purposes),
        (true, _) => string.Join(", ", Categories),
        _ => $"{string.Join(", ", Purposes)} with {string.Join(", ", Categories)}",
    };

    /// <summary>True where the rule forbids the purpose at all.</summary>
    public bool Forbids(string purpose) => Categories.IsEmpty && IsAbout(purpose);

    /// <summary>True where the rule forbids the category for the purpose.</summary>
    public bool Forbids(string purpose, string category) =>
        IsAbout(purpose) && (Categories.IsEmpty || Categories.Any(c => Overlap(c, category)));

    /// <summary>True where the category is one of the rule's or a child of one, and not only a wider one that includes it.</summary>
    public bool Names(string category) => Categories.Any(c => Taxonomy.Covers(c, category));

    public bool Equals(NeverRule? other) => other is not null && Phrase == other.Phrase && Because == other.Because;

    public override int GetHashCode() => HashCode.Combine(Phrase, Because);

    private bool IsAbout(string purpose) => Purposes.IsEmpty || Purposes.Any(p => Overlap(p, purpose));

    private static bool Overlap(string one, string other) => Taxonomy.Covers(one, other) || Taxonomy.Covers(other, one);
}
