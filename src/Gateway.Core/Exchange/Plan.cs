using System.Collections.Frozen;
using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Statistics;

namespace Gateway.Core.Exchange;

/// <summary>
/// A snapshot made ready to run: each grant with its statements, projector and scopes prepared. Immutable; what the pipeline takes once
/// a call.
/// </summary>
public sealed class Plan
{
    private readonly FrozenDictionary<SpiffeId, ImmutableArray<PlannedContract>> _byUri;

    internal Plan(Snapshot snapshot, IEnumerable<PlannedContract> contracts)
    {
        Snapshot = snapshot;
        _byUri = contracts.GroupBy(c => c.Contract.Identity.Uri)
            .ToFrozenDictionary(g => g.Key, g => g.OrderBy(c => c.Contract.Agreement.Effective).ToImmutableArray());
    }

    /// <summary>The snapshot behind it.</summary>
    public Snapshot Snapshot { get; }

    /// <summary>
    /// The contract by which a caller with this SPIFFE ID is judged: the one in force, else the last that has begun, else the first.
    /// Null where no contract knows it.
    /// </summary>
    public PlannedContract? Latest(SpiffeId uri, DateTimeOffset now)
    {
        var all = _byUri.GetValueOrDefault(uri, []);
        for (var i = all.Length - 1; i >= 0; i--)
        {
            if (all[i].Contract.Agreement.Effective <= now)
            {
                return all[i];
            }
        }

        return all.IsEmpty ? null : all[0];
    }
}

/// <summary>A contract made ready to run.</summary>
public sealed class PlannedContract
{
    private readonly FrozenDictionary<ServiceMethod, ImmutableArray<PlannedGrant>> _byMethod;

    internal PlannedContract(Contract contract, ImmutableArray<PlannedGrant> grants, CallRate ownRate, StreamSlots ownStreams, Catalogue catalogue)
    {
        OwnRate = ownRate;
        OwnStreams = ownStreams;
        Contract = contract;
        All = grants;
        _byMethod = catalogue.Methods.Values
            .Select(m => (Method: m, Grants: grants.Where(g => g.Grant.Methods.Contains(m.FullName)).ToImmutableArray()))
            .Where(x => x.Grants.Length > 0)
            .ToFrozenDictionary(x => x.Method, x => x.Grants);
    }

    /// <summary>The contract.</summary>
    public Contract Contract { get; }

    /// <summary>Its grants.</summary>
    public ImmutableArray<PlannedGrant> All { get; }

    /// <summary>Its statistics; null where it grants none.</summary>
    public PlannedStatistics? Statistics { get; internal init; }

    /// <summary>Calls a second about the contract itself, which no grant limits.</summary>
    internal CallRate OwnRate { get; }

    /// <summary>Streams about the contract itself.</summary>
    internal StreamSlots OwnStreams { get; }

    /// <summary>The grants that name this method, each for another purpose; empty where none does.</summary>
    public ImmutableArray<PlannedGrant> Grants(ServiceMethod method) => _byMethod.GetValueOrDefault(method, []);
}
