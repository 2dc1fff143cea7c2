using System.Collections.Frozen;

namespace Gateway.Core.Contracts;

/// <summary>The closed list of purposes that the shop's privacy policy names. What it does not list cannot be contracted.</summary>
public sealed record Policy(string Name, FrozenSet<string> Area, FrozenDictionary<string, Purpose> Purposes);

/// <summary>One purpose of the policy.</summary>
/// <param name="Key">fideslang data use, or the house's child of one.</param>
/// <param name="Promise">The sentence of the privacy policy.</param>
/// <param name="Categories">fideslang data categories; one stands for its children too.</param>
/// <param name="Bases">Legal bases allowed, GDPR Art. 6(1).</param>
public sealed record Purpose(string Key, string Promise, FrozenSet<string> Categories, FrozenSet<LegalBasis> Bases);
