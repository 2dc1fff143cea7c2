using Gateway.Authentication;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Core.Legal;
using Gateway.Core.Legal.Sealing;
using Gateway.Core.Log;
using Gateway.Legal;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Data.Sqlite;

namespace Gateway.Services;

/// <summary>Staff's doorway to disclosure on legal grounds. Who acts is the connection's certificate.</summary>
internal sealed class LegalService(
    CaseDesk desk, CaseReleases releases, CaseReports reports, SnapshotHolder contracts, Catalogue catalogue, TimeProvider clock)
    : Protos.Admin.V1.LegalService.LegalServiceBase
{
    private const int LargestFile = 200 * 1024;
    private const int LargestPart = 64 * 1024;

    [Authorize(Policy = StaffPolicies.OpenCases)]
    public override async Task<OpenCaseResponse> OpenCase(OpenCaseRequest request, ServerCallContext context)
    {
        if (request.File.Length > LargestFile)
        {
            throw Invalid($"The case file is larger than {LargestFile / 1024} KiB. Open several cases.");
        }

        var now = clock.GetUtcNow();
        var name = request.FileName is { Length: > 0 and <= 255 } given && !given.Any(char.IsControl) ? given : "case.yaml";
        var compiled = CaseFileCompiler.Compile(new ContractFile(name, request.File.Memory), contracts.Current.Policy, catalogue, now);
        if (compiled.Terms is not { } terms)
        {
            return new OpenCaseResponse { Errors = { compiled.Errors.Select(LegalMessages.Of) } };
        }

        var by = Caller(context);
        var legal = request.CheckOnly
            ? CaseBook.Empty.Apply(new OpenAct("", by, now, terms)).Case!
            : await Explained(desk.OpenAsync(by, terms, context.CancellationToken));
        return new OpenCaseResponse { Case = LegalMessages.Of(legal, now, withSubjects: true) };
    }

    [Authorize(Policy = StaffPolicies.ApproveCases)]
    public override async Task<ApproveCaseResponse> ApproveCase(ApproveCaseRequest request, ServerCallContext context) => new()
    {
        Case = await ActAsync(request.CaseId, (by, now) => new ApproveAct(request.CaseId, by, now, request.NoticeUntil?.ToDateTimeOffset()), context),
    };

    [Authorize(Policy = StaffPolicies.OpenCases)]
    public override async Task<ExtendNoticeResponse> ExtendNotice(ExtendNoticeRequest request, ServerCallContext context)
    {
        var basis = Reason(request.Basis, "basis");
        var until = request.Until?.ToDateTimeOffset() ?? throw Invalid("`until` is needed: the day until which the subjects are not to be told.");
        return new ExtendNoticeResponse
        {
            Case = await ActAsync(request.CaseId, (by, now) => new ExtendAct(request.CaseId, by, now, new NoticeDelay(until, basis)), context),
        };
    }

    [Authorize(Policy = StaffPolicies.ApproveCases)]
    public override async Task<ReviewCaseResponse> ReviewCase(ReviewCaseRequest request, ServerCallContext context)
    {
        var reason = Reason(request.Reason, "reason");
        var outcome = request.Outcome switch
        {
            LegalReviewOutcome.Confirmed => ReviewOutcome.Confirmed,
            LegalReviewOutcome.Wrong => ReviewOutcome.Wrong,
            _ => throw Invalid("`outcome` is needed: confirmed or wrong."),
        };
        return new ReviewCaseResponse { Case = await ActAsync(request.CaseId, (by, now) => new ReviewAct(request.CaseId, by, now, outcome, reason), context) };
    }

    [Authorize(Policy = StaffPolicies.OpenCases)]
    public override async Task<CloseCaseResponse> CloseCase(CloseCaseRequest request, ServerCallContext context)
    {
        var reason = Reason(request.Reason, "reason");
        return new CloseCaseResponse { Case = await ActAsync(request.CaseId, (by, now) => new CloseAct(request.CaseId, by, now, reason), context) };
    }

    [Authorize(Policy = StaffPolicies.OpenCases)]
    public override async Task Release(ReleaseRequest request, IServerStreamWriter<ReleaseResponse> responseStream, ServerCallContext context)
    {
        // Before anything is read or recorded: what cannot be sealed is not released.
        var (recipient, fault) = request.Certificate.IsEmpty ? (null, null) : RecipientCertificate.Read(request.Certificate.Span, clock.GetUtcNow());
        using (recipient)
        {
            if (fault is not null)
            {
                throw Invalid(fault);
            }

            var released = await Explained(releases.ReleaseAsync(request.CaseId, Caller(context), Peer(context), recipient, context.CancellationToken));
            await responseStream.WriteAsync(new ReleaseResponse
            {
                Summary = new ReleaseResponse.Types.Summary
                {
                    Release = LegalMessages.Of(released.Act),
                    Passphrase = released.Passphrase ?? "",
                    LeftOut = released.LeftOut,
                    Length = released.File.Length,
                },
            });
            for (var at = 0; at < released.File.Length; at += LargestPart)
            {
                var part = released.File.AsMemory(at, Math.Min(LargestPart, released.File.Length - at));
                await responseStream.WriteAsync(new ReleaseResponse { Sealed = UnsafeByteOperations.UnsafeWrap(part) });
            }
        }
    }

    [Authorize(Policy = StaffPolicies.ReadCases)]
    public override Task<ListCasesResponse> ListCases(ListCasesRequest request, ServerCallContext context)
    {
        var now = clock.GetUtcNow();
        return Task.FromResult(new ListCasesResponse
        {
            Cases = { desk.Book.Cases.OrderByDescending(c => c.Opened.At).Select(c => LegalMessages.Of(c, now, withSubjects: false)) },
        });
    }

    [Authorize(Policy = StaffPolicies.ReadCases)]
    public override async Task<GetCaseResponse> GetCase(GetCaseRequest request, ServerCallContext context) => new()
    {
        Case = LegalMessages.Of(await Explained(Task.Run(() => desk.Get(request.CaseId), context.CancellationToken)), clock.GetUtcNow(), withSubjects: true),
    };

    [Authorize(Policy = StaffPolicies.ReadCases)]
    public override async Task<GetLegalReportResponse> GetLegalReport(GetLegalReportRequest request, ServerCallContext context)
    {
        if (request.Year is < 2000 or > 9998)
        {
            throw Invalid("`year` is a calendar year from 2000 on.");
        }

        try
        {
            return LegalMessages.Of(await reports.OfAsync(request.Year, context.CancellationToken));
        }
        catch (Exception e) when (e is LogUnavailableException or SqliteException or CasesUnavailableException)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "The disclosure log or the store of cases cannot be read now. See the gateway's health."));
        }
    }

    private async Task<Protos.Admin.V1.LegalCase> ActAsync(string id, Func<Person, DateTimeOffset, CaseAct> act, ServerCallContext context)
    {
        var by = Caller(context);
        return LegalMessages.Of(await Explained(desk.ActAsync(id, now => act(by, now), context.CancellationToken)), clock.GetUtcNow(), withSubjects: false);
    }

    private static Person Caller(ServerCallContext context)
    {
        var identity = Peer(context).Identity;
        return new Person(StaffRequest.Actor(context), identity.Uri.ToString(), identity.Key.Text);
    }

    private static PeerConnection Peer(ServerCallContext context) => context.GetHttpContext().Features.Get<PeerConnection>()
        ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "No member of staff is signed in."));

    private static string Reason(string text, string field)
    {
        var trimmed = text.Trim();
        return trimmed.Length is > 0 and <= 500 && !trimmed.Any(char.IsControl) ? trimmed : throw Invalid($"`{field}` is needed: one line of 1 to 500 characters.");
    }

    private static async Task<T> Explained<T>(Task<T> act)
    {
        try
        {
            return await act;
        }
        catch (CaseException e)
        {
            throw new RpcException(new Status(
                e.Failure switch
                {
                    CaseFailure.UnknownCase => StatusCode.NotFound,
                    CaseFailure.Refused => StatusCode.FailedPrecondition,
                    _ => StatusCode.Unavailable,
                },
                e.Message));
        }
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
