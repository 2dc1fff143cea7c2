using System.Collections.Concurrent;
using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Exchange;

/// <summary>
/// Makes snapshots ready to run. What cannot be prepared fails here, at start or at a reload, never in a call. Counters live on from plan
/// to plan by partner, purpose and record.
/// </summary>
public sealed class Planner(
    Catalogue catalogue, IRecordSource source, AllPreferences preferences, Func<string, Domain, PseudonymKey> partnerKey, TimeProvider clock,
    IUsageSource? usage = null)
{
    /// <summary>Calls a second that a partner may make about its own contract.</summary>
    public const int OwnContractRate = 20;

    private readonly ConcurrentDictionary<string, CallRate> _ownRates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StreamSlots> _ownStreams = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CallRate> _statisticsRates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Partner, string Purpose, string Record), GrantCounters> _counters = new();

    /// <summary>Prepares every grant.</summary>
    /// <exception cref="SourceException">The source lacks what a grant needs; tells everything at once.</exception>
    public Plan Prepare(Snapshot snapshot)
    {
        var missing = new List<SourceException>();
        var contracts = snapshot.Contracts.Select(c => new PlannedContract(c, Prepare(snapshot, c, missing), OwnRate(c.Partner.Id), OwnStreams(c.Partner.Id), catalogue)
        {
            Statistics = Try(missing, () => PrepareStatistics(snapshot, c)),
        }).ToArray();
        if (contracts.SelectMany(c => c.All).Any(g => g.Permission is not null))
        {
            Try(missing, preferences.Prepare);
        }

        return missing switch
        {
            [] => new Plan(snapshot, contracts),
            [var only] => throw only,
            _ => throw new SourceException(string.Join('\n', missing.Select(m => m.Message).Distinct(StringComparer.Ordinal)), missing[0]),
        };
    }

    private StreamSlots OwnStreams(string partner) => _ownStreams.GetOrAdd(partner, static _ => new StreamSlots());

    private CallRate OwnRate(string partner) => _ownRates.GetOrAdd(partner, static _ => new CallRate(OwnContractRate));

    /// <summary>Whom a grant reached today; for rebuilding from the log at start, and for telling.</summary>
    public SubjectQuota Subjects(string partner, string purpose, string record) => Counters((partner, purpose, record)).Subjects;

    // What has ended is never called again: it must not stop a start because the source moved on without it.
    private ImmutableArray<PlannedGrant> Prepare(Snapshot snapshot, Contract contract, List<SourceException> missing)
    {
        var grants = ImmutableArray.CreateBuilder<PlannedGrant>();
        foreach (var grant in contract.Agreement.Expires <= clock.GetUtcNow() ? [] : contract.Grants)
        {
            Try(missing, () => grants.Add(Prepare(snapshot, contract.Partner, grant)));
        }

        return grants.ToImmutable();
    }

    private static void Try(List<SourceException> missing, Action prepare) => Try<object>(missing, () =>
    {
        prepare();
        return null;
    });

    private static T? Try<T>(List<SourceException> missing, Func<T?> prepare)
        where T : class
    {
        try
        {
            return prepare();
        }
        catch (SourceException e)
        {
            missing.Add(e);
            return null;
        }
    }

    private PlannedStatistics? PrepareStatistics(Snapshot snapshot, Contract contract)
    {
        if (contract.Statistics is not { } terms || contract.Agreement.Expires <= clock.GetUtcNow())
        {
            return null;
        }

        // A changed rate starts a new bucket, as a grant's does.
        var rate = _statisticsRates.AddOrUpdate(
            contract.Partner.Id, _ => new CallRate(terms.CallsPerSecond), (_, known) => known.PerSecond == terms.CallsPerSecond ? known : new CallRate(terms.CallsPerSecond));
        return usage is null
            ? throw new SourceException($"the contract {contract.Name} grants statistics, and no usage source is set; name one in Gateway__Usage__Provider and Gateway__Usage__ConnectionString")
            : PlannedStatistics.Prepare(snapshot.Revision, contract, terms, usage, rate);
    }

    private PlannedGrant Prepare(Snapshot snapshot, Partner partner, Grant grant) => new(
        grant,
        source.Prepare(grant),
        PermissionRule.Of(grant, snapshot.Policy) is { } rule ? new GrantPermission(rule, preferences) : null,
        Projector.Compile(grant, partnerKey(grant.Partner, grant.Record.Domain)),
        new Scopes(snapshot.Revision, partner, grant),
        CardNumberScan.Compile(grant),
        Limit(grant));

    private GrantCounters Counters((string, string, string) key) =>
        _counters.GetOrAdd(key, static _ => new GrantCounters(new CallRate(null), new SubjectQuota(), new MissCounter(), new StreamSlots()));

    // A changed rate starts a new bucket; the old one may still be in a running call's hands and is left to the collector.
    private GrantCounters Limit(Grant grant)
    {
        var key = (grant.Partner, grant.Purpose.Key, grant.Record.Name);
        var counters = Counters(key);
        return counters.Rate.PerSecond == grant.Limits.CallsPerSecond
            ? counters
            : _counters[key] = counters with { Rate = new CallRate(grant.Limits.CallsPerSecond) };
    }
}
