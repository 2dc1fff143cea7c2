using System.Net;
using Gateway.Core.Annotations;
using Gateway.Core.Identity;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Exchange;

/// <summary>A call whose caller is known, in standing, under a contract in force that grants the method. Only <see cref="Gate"/> makes one.</summary>
public sealed class IdentifiedCall
{
    private IdentifiedCall(OpenCall open, Plan plan, PlannedContract contract)
    {
        Open = open;
        Plan = plan;
        Contract = contract;
    }

    /// <summary>The call.</summary>
    public OpenCall Open { get; }

    /// <summary>The plan in force when the call came in: taken once, so that no call mixes two revisions.</summary>
    public Plan Plan { get; }

    /// <summary>The caller's contract.</summary>
    public PlannedContract Contract { get; }

    /// <summary>
    /// Decides from facts of the connection and the method's name, in constant time and before the body is read, whether the caller may
    /// call the method at all.
    /// </summary>
    public static Outcome<IdentifiedCall> Gate(OpenCall open, Plan plan, Standing standing, DateTimeOffset now)
    {
        var identity = open.Connection.Identity;
        var planned = plan.Latest(identity.Uri, now);
        open.Contract = planned?.Contract;
        open.Trace.Use(plan.Snapshot);
        if (planned is not null)
        {
            open.Trace.Identify(planned.Contract);
        }

        if (standing.RevokedKeys.Contains(identity.Key))
        {
            return RefusalReason.KeyRevoked;
        }

        if (planned is not { Contract: var contract })
        {
            return RefusalReason.NoContract;
        }

        if (!identity.Authorities.Contains(contract.Identity.Authority))
        {
            return RefusalReason.AuthorityMismatch;
        }

        if (contract.Identity.Keys is { Length: > 0 } pins && !pins.Contains(identity.Key))
        {
            return RefusalReason.KeyNotPinned;
        }

        if (now < identity.NotBefore || now > identity.NotAfter)
        {
            return RefusalReason.CertificateExpired;
        }

        if (contract.Identity.Networks is { Length: > 0 } networks && !Contains(networks, open.Connection.Remote.Address))
        {
            return RefusalReason.NetworkNotAllowed;
        }

        if (standing.SuspendedPartners.Contains(contract.Partner.Id))
        {
            return RefusalReason.PartnerSuspended;
        }

        if (!contract.IsInForce(now))
        {
            return RefusalReason.AgreementNotInForce;
        }

        if (open.Method is null)
        {
            return RefusalReason.UnknownMethod;
        }

        return MayCall(open.Method, planned)
            ? new IdentifiedCall(open, plan, planned)
            : RefusalReason.MethodNotGranted;
    }

    // A shape that has no rule here is granted to nobody.
    private static bool MayCall(ServiceMethod method, PlannedContract contract) => method.Shape switch
    {
        Shape.Contract => true,
        Shape.Subject => contract.Contract.SubjectAccess is not null,
        Shape.Statistics => contract.Statistics is not null,
        _ => contract.Grants(method).Length > 0,
    };

    private static bool Contains(System.Collections.Immutable.ImmutableArray<IPNetwork> networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
