using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Listeners;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;
using Connection = Gateway.Protos.Admin.V1.Connection;
using Partner = Gateway.Protos.Admin.V1.Partner;
using RefusedHandshake = Gateway.Protos.Admin.V1.RefusedHandshake;

namespace Gateway.Services;

/// <summary>What staff may see of partners: contract, standing, connections, keys, limits used, refused handshakes.</summary>
internal sealed class PartnerReports(
    PlanHolder plans, StandingKeeper standing, ConnectionRegistry registry, RefusedHandshakes refused, TimeProvider clock)
{
    /// <summary>Every partner, by id.</summary>
    public IEnumerable<Partner> All()
    {
        var snapshot = plans.Current.Snapshot;
        return snapshot.Contracts.GroupBy(c => c.Partner.Id, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => Line([.. g]));
    }

    /// <summary>One partner, or null where no contract names it.</summary>
    public GetPartnerResponse? Of(string id)
    {
        var plan = plans.Current;
        var contracts = plan.Snapshot.Contracts.Where(c => c.Partner.Id == id).ToList();
        if (contracts.Count == 0)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        var uris = contracts.Select(c => c.Identity.Uri).Distinct().ToList();
        var current = InForce(contracts, now) ?? contracts.MaxBy(c => c.Agreement.Effective)!;
        var connections = uris.SelectMany(uri => registry.Of(uri)).Select(c => c.Peer).ToList();
        return new GetPartnerResponse
        {
            Partner = Line(contracts),
            Uri = current.Identity.Uri.Value,
            Authority = current.Identity.Authority,
            SecurityContact = current.Partner.SecurityContact,
            Connections = { connections.Select(ToMessage) },
            Keys = { uris.SelectMany(uri => registry.KeysOf(uri)).OrderByDescending(k => k.Last).Select(k => ToMessage(k, connections)) },
            Usage = { plan.Latest(current.Identity.Uri, now)?.All.Select(g => ToMessage(g, DateOnly.FromDateTime(now.UtcDateTime))) ?? [] },
            RefusedHandshakes = { refused.Last.Where(r => r.Partner == id).Select(ToMessage) },
        };
    }

    /// <summary>The last refused handshakes, the latest first.</summary>
    public IEnumerable<RefusedHandshake> RefusedHandshakes() => refused.Last.Select(ToMessage);

    private Partner Line(List<Contract> contracts)
    {
        var current = InForce(contracts, clock.GetUtcNow());
        return new Partner
        {
            Id = contracts[0].Partner.Id,
            Name = (current ?? contracts[^1]).Partner.Name,
            Suspension = ToMessage(standing.SuspensionOf(contracts[0].Partner.Id)),
            Contract = current?.Name ?? "",
            AgreementExpires = current is null ? null : Timestamp.FromDateTimeOffset(current.Agreement.Expires),
            OpenConnections = contracts.Select(c => c.Identity.Uri).Distinct().Sum(uri => registry.Of(uri).Length),
        };
    }

    private static Contract? InForce(IEnumerable<Contract> contracts, DateTimeOffset now) => contracts.FirstOrDefault(c => c.IsInForce(now));

    private Key ToMessage(SeenKey key, IEnumerable<PeerConnection> connections) => new()
    {
        Key_ = key.Key.Text,
        FirstSeen = Timestamp.FromDateTimeOffset(key.First),
        LastSeen = Timestamp.FromDateTimeOffset(key.Last),
        CertificateExpires = Timestamp.FromDateTimeOffset(key.NotAfter),
        Revocation = ToMessage(standing.RevocationOf(key.Key)),
        OpenConnections = connections.Count(c => c.Identity.Key.Equals(key.Key)),
    };

    private static Connection ToMessage(PeerConnection peer) => new()
    {
        Id = peer.Id,
        Peer = peer.Remote.ToString(),
        Key = peer.Identity.Key.Text,
        Opened = Timestamp.FromDateTimeOffset(peer.Opened),
    };

    private static Usage ToMessage(PlannedGrant grant, DateOnly today) => new()
    {
        Purpose = grant.Grant.Purpose.Key,
        Record = grant.Grant.Record.Name,
        SubjectsToday = grant.SubjectsUsed(today),
        SubjectsPerDay = grant.Grant.Limits.SubjectsPerDay ?? 0,
        CallsPerSecond = grant.Grant.Limits.CallsPerSecond ?? 0,
    };

    private static RefusedHandshake ToMessage(Listeners.RefusedHandshake refused)
    {
        var row = HandshakeRefusals.Of(refused.Reason);
        return new RefusedHandshake
        {
            Time = Timestamp.FromDateTimeOffset(refused.Time),
            Listener = Listeners.RefusedHandshakes.Name(refused.Listener),
            Reason = row.Name,
            Advice = row.Sentence,
            Peer = refused.Remote.ToString(),
            ClaimedPartner = refused.Partner,
            Key = refused.Key?.Text ?? "",
        };
    }

    private static Restriction? ToMessage(StandingEntry? entry) => entry is null ? null : new Restriction
    {
        Reason = entry.Reason,
        By = entry.By,
        Since = Timestamp.FromDateTimeOffset(entry.Since),
    };
}
