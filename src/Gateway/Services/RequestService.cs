using Gateway.Authentication;
using Gateway.Protos.Admin.V1;
using Gateway.Requests;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using CustomerRequest = Gateway.Protos.Admin.V1.CustomerRequest;
using RequestKind = Gateway.Core.Requests.RequestKind;
using RequestState = Gateway.Protos.Admin.V1.RequestState;

namespace Gateway.Services;

/// <summary>Staff's doorway to customers' requests. Who acts is the connection's certificate.</summary>
[Authorize(Policy = StaffPolicies.HandleRequests)]
internal sealed class RequestService(RequestDesk desk, RequestResolution resolution, TimeProvider clock) : Protos.Admin.V1.RequestService.RequestServiceBase
{
    private const int MostOnPage = 500;
    private const int UsuallyOnPage = 100;

    public override async Task<ListRequestsResponse> ListRequests(ListRequestsRequest request, ServerCallContext context)
    {
        if (request.PageSize is < 0 or > MostOnPage)
        {
            throw Invalid($"`page_size` is 1 to {MostOnPage}, or 0 for {UsuallyOnPage}.");
        }

        var after = request.PageToken.Length == 0 ? Guid.Empty : Id(request.PageToken, "page_token");
        var size = request.PageSize == 0 ? UsuallyOnPage : request.PageSize;
        var found = await Explained(desk.ListAsync(request.Overdue, request.IncludeResolved && !request.Overdue, after, size + 1));
        return new ListRequestsResponse
        {
            Requests = { found.Take(size).Select(ToMessage) },
            NextPageToken = found.Count > size ? found[size - 1].Id.ToString("D") : "",
        };
    }

    public override async Task<GetRequestResponse> GetRequest(GetRequestRequest request, ServerCallContext context)
    {
        var found = await Explained(desk.ReadAsync(Id(request.Id, "id"), StaffRequest.Actor(context)));
        return new GetRequestResponse { Request = ToMessage(found), SubjectId = found.SubjectId ?? "", Words = found.Words ?? "" };
    }

    public override async Task<OpenRequestResponse> OpenRequest(OpenRequestRequest request, ServerCallContext context)
    {
        var asked = new NewRequest(
            request.SubjectId, (RequestKind)request.Kind, request.Record, [.. request.Fields], request.Words, StaffRequest.Actor(context));
        return new OpenRequestResponse { Request = ToMessage(await Explained(desk.OpenAsync(asked, context.CancellationToken))) };
    }

    public override async Task<ExtendRequestResponse> ExtendRequest(ExtendRequestRequest request, ServerCallContext context)
    {
        var extended = await Explained(desk.ExtendAsync(
            Id(request.Id, "id"), request.Months, StaffRequest.Reason(request.Reason), StaffRequest.Actor(context), context.CancellationToken));
        return new ExtendRequestResponse { Request = ToMessage(extended) };
    }

    public override async Task<ResolveRequestResponse> ResolveRequest(ResolveRequestRequest request, ServerCallContext context)
    {
        if (request.Outcome is not (RequestOutcome.Done or RequestOutcome.Refused))
        {
            throw Invalid("`outcome` is needed: done or refused.");
        }

        var resolved = await Explained(resolution.ResolveAsync(
            Id(request.Id, "id"), request.Outcome == RequestOutcome.Done, StaffRequest.Reason(request.Reason), StaffRequest.Actor(context),
            context.CancellationToken));
        return new ResolveRequestResponse
        {
            Request = ToMessage(resolved.Request),
            Recipients = { resolved.Told.Partners },
            Notices = resolved.Told.Notices.Length,
            Warnings = { resolved.Told.Warnings },
        };
    }

    private static Guid Id(string text, string field) => Guid.TryParseExact(text, "D", out var id)
        ? id
        : throw Invalid($"`{field}` is the id of a request, as `gateway requests list` shows it.");

    private static async Task<T> Explained<T>(Task<T> act)
    {
        try
        {
            return await act;
        }
        catch (RequestException e)
        {
            throw new RpcException(new Status(
                e.Failure switch
                {
                    RequestFailure.Invalid => StatusCode.InvalidArgument,
                    RequestFailure.TooMany => StatusCode.FailedPrecondition,
                    RequestFailure.Unknown => StatusCode.NotFound,
                    RequestFailure.NotNow => StatusCode.FailedPrecondition,
                    _ => StatusCode.Unavailable,
                },
                e.Message));
        }
    }

    private CustomerRequest ToMessage(Core.Requests.CustomerRequest request) => new()
    {
        Id = request.Id.ToString("D"),
        Kind = (Protos.Admin.V1.RequestKind)request.Kind,
        State = (RequestState)request.State,
        Record = request.Record,
        Fields = { request.Fields },
        Opened = Timestamp.FromDateTimeOffset(request.Opened),
        Due = Timestamp.FromDateTimeOffset(request.Due),
        Overdue = request.IsOverdue(clock.GetUtcNow()),
        Extension = request.Extension,
        Resolved = request.State is Core.Requests.RequestState.Done or Core.Requests.RequestState.Refused
            ? Timestamp.FromDateTimeOffset(request.End!.At)
            : null,
        ResolvedBy = request.End?.By ?? "",
        Resolution = request.End?.Resolution ?? "",
    };

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
