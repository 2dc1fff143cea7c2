using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Contracts.Never;
using Gateway.Core.Statistics;

namespace Gateway.Core.Contracts;

/// <summary>
/// What is known of the policy while contracts are compiled against it. Where a part of it could not be read, what depends on that
/// part is not checked, so that one mistake in the policy is one error and not one in each contract.
/// </summary>
/// <param name="Area">The area; null where it could not be read.</param>
/// <param name="Purposes">Purposes by key; null for one that is there and wrong.</param>
/// <param name="Complete">True when every purpose's key could be read.</param>
internal sealed record CompiledPolicy(FrozenSet<string>? Area, FrozenDictionary<string, Purpose?> Purposes, bool Complete)
{
    public static CompiledPolicy Unreadable { get; } = new(null, FrozenDictionary<string, Purpose?>.Empty, Complete: false) { StatisticsUnreadable = true };

    /// <summary>The policy; null where it has errors.</summary>
    public Policy? Policy { get; init; }

    /// <summary>What may never be granted; the built-in rules at least.</summary>
    public ImmutableArray<NeverRule> Never { get; init; } = NeverFloor.Rules;

    /// <summary>Who may approve what is sensitive; null where the staff cannot be read.</summary>
    public StaffDirectory? Staff { get; init; }

    /// <summary>What it says of statistics; null where it says nothing, or has it wrong.</summary>
    public StatisticsLists? Statistics { get; init; }

    /// <summary>True where what it says of statistics is wrong, or nothing of it could be read.</summary>
    public bool StatisticsUnreadable { get; init; }

    /// <summary>Keys of all purposes.</summary>
    public IEnumerable<string> Keys => Purposes.Keys;

    /// <summary>The purpose; null where there is none, or it is wrong.</summary>
    public Purpose? Find(string key) => Purposes.GetValueOrDefault(key);

    /// <summary>True when no purpose of the policy can have been meant to have this key.</summary>
    public bool IsSurelyUnknown(string key) => Complete && !Purposes.ContainsKey(key);
}
