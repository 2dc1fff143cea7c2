using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Identity;

namespace Gateway.Core.Contracts;

/// <summary>
/// Policy and contracts as compiled together: what is in force between two reloads. Taken once a call, so that no call mixes two
/// revisions.
/// </summary>
public sealed class Snapshot
{
    private readonly FrozenDictionary<SpiffeId, ImmutableArray<Contract>> _byUri;

    public Snapshot(string revision, Policy policy, ImmutableArray<Contract> contracts)
    {
        Revision = revision;
        Policy = policy;
        Contracts = contracts;
        _byUri = contracts.GroupBy(c => c.Identity.Uri)
            .ToFrozenDictionary(g => g.Key, g => g.OrderBy(c => c.Agreement.Effective).ToImmutableArray());
    }

    /// <summary>SHA-256 over policy and contracts, lower-case hex; see the room's README for the exact bytes.</summary>
    public string Revision { get; }

    /// <summary>The policy.</summary>
    public Policy Policy { get; }

    /// <summary>Every contract, also those not in force.</summary>
    public ImmutableArray<Contract> Contracts { get; }

    /// <summary>Contracts of the partner with this SPIFFE id, in order of date; empty where no contract knows it.</summary>
    public ImmutableArray<Contract> Of(SpiffeId uri) => _byUri.GetValueOrDefault(uri, []);

    /// <summary>The one contract of this partner in force at the instant, or null.</summary>
    public Contract? InForce(SpiffeId uri, DateTimeOffset now)
    {
        foreach (var contract in Of(uri))
        {
            if (contract.IsInForce(now))
            {
                return contract;
            }
        }

        return null;
    }
}
