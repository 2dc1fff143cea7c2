using Gateway.Authentication;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Listeners;
using Gateway.Protos.Admin.V1;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>Staff's doorway to the standing. Each method names its permission; who acts is the connection's certificate.</summary>
internal sealed class AdminService(StandingKeeper standing, PartnerReports reports, SnapshotHolder contracts)
    : Protos.Admin.V1.AdminService.AdminServiceBase
{
    [Authorize(Policy = StaffPolicies.ReadPartners)]
    public override Task<ListPartnersResponse> ListPartners(ListPartnersRequest request, ServerCallContext context) =>
        Task.FromResult(new ListPartnersResponse { Partners = { reports.All() } });

    [Authorize(Policy = StaffPolicies.ReadPartners)]
    public override Task<GetPartnerResponse> GetPartner(GetPartnerRequest request, ServerCallContext context) =>
        Task.FromResult(reports.Of(request.Id) ?? throw UnknownPartner());

    [Authorize(Policy = StaffPolicies.ReadPartners)]
    public override Task<ListRefusedHandshakesResponse> ListRefusedHandshakes(ListRefusedHandshakesRequest request, ServerCallContext context) =>
        Task.FromResult(new ListRefusedHandshakesResponse { RefusedHandshakes = { reports.RefusedHandshakes() } });

    [Authorize(Policy = StaffPolicies.ChangeStanding)]
    public override async Task<SuspendPartnerResponse> SuspendPartner(SuspendPartnerRequest request, ServerCallContext context)
    {
        if (contracts.Current.Contracts.All(c => c.Partner.Id != request.Id))
        {
            throw UnknownPartner();
        }

        return new SuspendPartnerResponse { Change = ToMessage(await standing.SuspendAsync(request.Id, StaffRequest.Reason(request.Reason), StaffRequest.Actor(context))) };
    }

    [Authorize(Policy = StaffPolicies.ChangeStanding)]
    public override async Task<ResumePartnerResponse> ResumePartner(ResumePartnerRequest request, ServerCallContext context)
    {
        if (standing.SuspensionOf(request.Id) is null && contracts.Current.Contracts.All(c => c.Partner.Id != request.Id))
        {
            throw UnknownPartner();
        }

        try
        {
            return new ResumePartnerResponse { Change = ToMessage(await standing.ResumeAsync(request.Id, StaffRequest.Reason(request.Reason), StaffRequest.Actor(context))) };
        }
        catch (LogUnavailableException)
        {
            throw Failed("The disclosure log cannot take the record, so the partner stays suspended. Mend the log and try again.");
        }
        catch (StandingUnavailableException)
        {
            throw Failed("The standing could not be stored, so the partner stays suspended. Mend the data folder and try again.");
        }
    }

    [Authorize(Policy = StaffPolicies.ChangeStanding)]
    public override async Task<RevokeKeyResponse> RevokeKey(RevokeKeyRequest request, ServerCallContext context)
    {
        if (!SpkiHash.TryParse(request.Key, out var key))
        {
            throw Invalid("`key` is not sha256: and 64 hex digits. `gateway partner show` lists a partner's keys.");
        }

        return new RevokeKeyResponse { Change = ToMessage(await standing.RevokeKeyAsync(key, StaffRequest.Reason(request.Reason), StaffRequest.Actor(context))) };
    }

    private static Change ToMessage(StandingChange change) => new()
    {
        Changed = change.Changed,
        Receipt = change.Receipt?.ToString() ?? "",
        ConnectionsCut = change.Cut,
        Kept = change.Kept,
    };

    private static RpcException UnknownPartner() =>
        new(new Status(StatusCode.NotFound, "No contract names a partner of this id. `gateway partner list` lists them."));

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));

    private static RpcException Failed(string detail) => new(new Status(StatusCode.Unavailable, detail));
}
