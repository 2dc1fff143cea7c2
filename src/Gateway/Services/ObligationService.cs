using Gateway.Authentication;
using Gateway.Core.Log;
using Gateway.Obligations;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Sqlite.Obligations;
using Gateway.Stores.Sqlite.Requests;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>Staff's doorway to what partners owe. Who acts is the connection's certificate.</summary>
[Authorize(Policy = StaffPolicies.HandleRequests)]
internal sealed class ObligationService(OverdueReports reports, Deletions deletions) : Protos.Admin.V1.ObligationService.ObligationServiceBase
{
    private const int UsualDays = 7;

    public override async Task<ListOverdueResponse> ListOverdue(ListOverdueRequest request, ServerCallContext context)
    {
        if (request.NoticeDays is < 0 or > 3650)
        {
            throw Invalid($"`notice_days` is 1 to 3650, or 0 for {UsualDays}.");
        }

        var report = await Explained(reports.OverdueAsync(
            request.Partner.Length == 0 ? null : request.Partner, request.NoticeDays == 0 ? UsualDays : request.NoticeDays, context.CancellationToken));
        return new ListOverdueResponse
        {
            Owed = { report.Owed.Select(ToMessage) },
            Notices =
            {
                report.Notices.Select(n => new OpenNotices
                {
                    Partner = n.Partner,
                    Name = reports.Named(n.Partner)?.Name ?? "",
                    PrivacyContact = reports.Named(n.Partner)?.PrivacyContact ?? "",
                    Notices = n.Notices,
                    Oldest = Timestamp.FromDateTimeOffset(n.Oldest),
                }),
            },
            Warnings = { report.Warnings },
        };
    }

    public override async Task<ConfirmByLetterResponse> ConfirmByLetter(ConfirmByLetterRequest request, ServerCallContext context)
    {
        var reason = StaffRequest.Reason(request.Reason);
        if (deletions.Past(request.ReleasedBefore) is not { } before)
        {
            throw Invalid("`released_before` is needed: an instant that is not in the future.");
        }

        // Both are recorded, so they must be names that the log knows.
        if (!await Explained(deletions.KnowsAsync(request.Partner, request.Purpose, context.CancellationToken)))
        {
            throw new RpcException(new Status(
                StatusCode.NotFound, "Nothing was released to such a partner for such a purpose. `gateway contracts checklist PARTNER` shows what was."));
        }

        var (releases, records, receipt) = await Explained(deletions.ConfirmByLetterAsync(
            request.Partner, before, request.Purpose, reason, StaffRequest.Actor(context), context.CancellationToken));
        return new ConfirmByLetterResponse { Confirmed = releases, Records = records, Receipt = receipt?.ToString() ?? "" };
    }

    public override async Task<GetChecklistResponse> GetChecklist(GetChecklistRequest request, ServerCallContext context)
    {
        var list = await Explained(reports.ChecklistAsync(request.Partner, context.CancellationToken))
            ?? throw new RpcException(new Status(StatusCode.NotFound, "No contract names such a partner, and nothing was released to one."));
        var named = reports.Named(list.Partner);
        return new GetChecklistResponse
        {
            Partner = list.Partner,
            Name = named?.Name ?? "",
            PrivacyContact = named?.PrivacyContact ?? "",
            Agreements = { list.Agreements },
            Ended = At(list.Ended),
            Owed = { list.Owed.Select(ToMessage) },
            ConfirmedEntries = list.Confirmed,
            OpenNotices = list.OpenNotices,
            Keys =
            {
                list.Keys.Select(k => new GetChecklistResponse.Types.Key
                {
                    Key_ = k.Key,
                    LastUsed = Timestamp.FromDateTimeOffset(k.Last),
                    Revoked = k.IsRevoked,
                }),
            },
            Done = list.IsDone,
            Warnings = { list.Warnings },
        };
    }

    private Owed ToMessage(OwedReleases owed) => new()
    {
        Partner = owed.Partner,
        Name = reports.Named(owed.Partner)?.Name ?? "",
        PrivacyContact = reports.Named(owed.Partner)?.PrivacyContact ?? "",
        Purpose = owed.Purpose,
        Entries = owed.Entries,
        Records = owed.Records,
        Oldest = At(owed.Oldest),
        Latest = At(owed.Latest),
    };

    private static Timestamp? At(DateTimeOffset? time) => time is { } at ? Timestamp.FromDateTimeOffset(at) : null;

    private static async Task<T> Explained<T>(Task<T> act)
    {
        try
        {
            return await act;
        }
        catch (LogUnavailableException)
        {
            throw new RpcException(new Status(
                StatusCode.Unavailable, "The disclosure log or the tally that follows it is unavailable, and nothing was changed. Mend the data folder and repeat this."));
        }
        catch (RequestsUnavailableException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The store of notices is unavailable. Mend the data folder and repeat this."));
        }
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
