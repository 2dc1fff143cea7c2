using System.Collections.Immutable;
using Gateway.Core.Minimisation;
using Gateway.Protos.Annotations.V1;

namespace Gateway.Core.Exchange;

/// <summary>A call whose grant and scope are settled. Only <see cref="Authorize"/> makes one.</summary>
public sealed class AuthorizedCall
{
    private AuthorizedCall(IdentifiedCall call, PlannedGrant grant, FieldSet allowed, GrantScope scope)
    {
        Call = call;
        Grant = grant;
        Allowed = allowed;
        Scope = scope;
    }

    /// <summary>The call.</summary>
    public IdentifiedCall Call { get; }

    /// <summary>The one grant that it runs under.</summary>
    public PlannedGrant Grant { get; }

    /// <summary>The fields it may release: the grant narrowed by the read mask.</summary>
    public FieldSet Allowed { get; }

    /// <summary>The same, in words: for record and receipt.</summary>
    public GrantScope Scope { get; }

    /// <summary>True when the method answers with exactly one record, or none.</summary>
    internal bool AsksForOne => Call.Open.Method!.Shape == Shape.Get;

    /// <summary>Method, purpose and read mask → grant and scope.</summary>
    public static Outcome<AuthorizedCall> Authorize(IdentifiedCall call)
    {
        var grants = call.Contract.Grants(call.Open.Method!);
        if (!Choose(grants, call.Open.Purpose).Passed(out var grant, out var refusal))
        {
            return refusal;
        }

        call.Open.Grant = grant;
        if (!ReadMask.TryApply(grant.Grant.Record, grant.Grant.Granted, call.Open.ReadMask, out var allowed, out var error))
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: ReadMask.MetadataKey, Detail: error);
        }

        var scope = grant.Scopes.Of(allowed);
        var released = scope.Message.Released.Count + scope.Message.Transformed.Count;
        call.Open.Trace.Authorize(grant.Grant, released, scope.Message.Withheld.Count);
        return new AuthorizedCall(call, grant, allowed, scope);
    }

    private static Outcome<PlannedGrant> Choose(ImmutableArray<PlannedGrant> grants, string? purpose)
    {
        if (purpose is null)
        {
            return grants.Length == 1 ? grants[0] : RefusalReason.PurposeRequired;
        }

        foreach (var grant in grants)
        {
            if (grant.Grant.Purpose.Key == purpose)
            {
                return grant;
            }
        }

        return RefusalReason.PurposeNotGranted;
    }
}
