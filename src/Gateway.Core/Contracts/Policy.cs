using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Statistics;

namespace Gateway.Core.Contracts;

/// <summary>The closed list of purposes that the shop's privacy policy names. What it does not list cannot be contracted.</summary>
public sealed record Policy(string Name, FrozenSet<string> Area, FrozenDictionary<string, Purpose> Purposes)
{
    /// <summary>Lists that customers can ask to be on, in the order of the file.</summary>
    public ImmutableArray<MailingList> Lists { get; init; } = [];

    /// <summary>What may never be granted: the built-in rules, then the policy's own.</summary>
    public ImmutableArray<NeverRule> Never { get; init; } = NeverFloor.Rules;

    /// <summary>Which statistics there can be; null for none.</summary>
    public StatisticsLists? Statistics { get; init; }

    /// <summary>Whose data it is to answer for; null where the policy does not say.</summary>
    public Controller? Controller { get; init; }

    /// <summary>Categories of persons, GDPR Art. 30(1)(c), a line each; empty where the policy does not say.</summary>
    public ImmutableArray<string> Subjects { get; init; } = [];

    /// <summary>Security measures, GDPR Art. 30(1)(g), a line each; empty where the policy does not say.</summary>
    public ImmutableArray<string> Security { get; init; } = [];

    /// <summary>Sections that the record of processing needs and the policy leaves out, GDPR Art. 30(1).</summary>
    public ImmutableArray<string> Unsaid =>
    [
        .. Controller is null ? ["controller"] : Array.Empty<string>(),
        .. Subjects.IsEmpty ? ["subjects"] : Array.Empty<string>(),
        .. Security.IsEmpty ? ["security"] : Array.Empty<string>(),
    ];

    /// <summary>True where data may go to the country without a safeguard of its own.</summary>
    public bool IsInArea(string country) => Countries.Covers(Area, country);
}

/// <summary>A list that customers can ask to be on.</summary>
/// <param name="Id">What preferences and records call it.</param>
/// <param name="Title">What customers are told it is.</param>
/// <param name="Purpose">The purpose under which it is sent.</param>
public sealed record MailingList(string Id, string Title, string Purpose);

/// <summary>One purpose of the policy.</summary>
/// <param name="Key">fideslang data use, or the house's child of one.</param>
/// <param name="Promise">The sentence of the privacy policy.</param>
/// <param name="Categories">fideslang data categories; one stands for its children too.</param>
/// <param name="Bases">Legal bases allowed, GDPR Art. 6(1).</param>
public sealed record Purpose(string Key, string Promise, FrozenSet<string> Categories, FrozenSet<LegalBasis> Bases);
