using Gateway.Authentication;
using Gateway.Erasure;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>Staff's doorway to erasure. Who acts is the connection's certificate.</summary>
[Authorize(Policy = StaffPolicies.EraseSubjects)]
internal sealed class ErasureService(SubjectEraser eraser) : Protos.Admin.V1.ErasureService.ErasureServiceBase
{
    private const int LongestId = 256;

    public override async Task<ForgetSubjectResponse> ForgetSubject(ForgetSubjectRequest request, ServerCallContext context)
    {
        var asked = Read(request.SubjectId, request.Reason, context, reasonNeeded: !request.DryRun);
        if (request.DryRun)
        {
            var listed = await Explained(eraser.ListAsync(asked, context.CancellationToken));
            return new ForgetSubjectResponse { Recipients = { listed.Partners.Select(ToMessage) }, Warnings = { listed.Warnings } };
        }

        var forgotten = await Explained(eraser.ForgetAsync(asked, context.CancellationToken));
        return new ForgetSubjectResponse
        {
            Receipt = forgotten.Receipt.ToString(),
            Recipients = { forgotten.Recipients.Select(ToMessage) },
            Warnings = { forgotten.Warnings },
        };
    }

    public override async Task<HoldSubjectResponse> HoldSubject(HoldSubjectRequest request, ServerCallContext context)
    {
        var asked = Read(request.SubjectId, request.Reason, context, reasonNeeded: true);
        var (hold, isNew) = await Explained(eraser.HoldAsync(asked, context.CancellationToken));
        return new HoldSubjectResponse
        {
            Changed = isNew,
            Hold = new Hold { Since = Timestamp.FromDateTimeOffset(hold.Since), By = hold.By, Receipt = hold.Receipt.ToString() },
        };
    }

    public override async Task<ReleaseSubjectResponse> ReleaseSubject(ReleaseSubjectRequest request, ServerCallContext context)
    {
        var asked = Read(request.SubjectId, request.Reason, context, reasonNeeded: true);
        var receipt = await Explained(eraser.ReleaseAsync(asked, context.CancellationToken));
        return new ReleaseSubjectResponse { Changed = receipt is not null, Receipt = receipt?.ToString() ?? "" };
    }

    private static ErasureRequest Read(string subjectId, string reason, ServerCallContext context, bool reasonNeeded)
    {
        if (subjectId.Length is 0 or > LongestId)
        {
            throw Invalid($"`subject_id` is needed: the shop's own id of the customer, up to {LongestId} characters.");
        }

        var recorded = reasonNeeded || !string.IsNullOrWhiteSpace(reason) ? StaffRequest.Reason(reason) : "";
        if (StaffRequest.Names(recorded, subjectId))
        {
            throw Invalid("`reason` names the customer, and what is recorded cannot be forgotten. Write it without the id.");
        }

        return new ErasureRequest(subjectId, recorded, StaffRequest.Actor(context));
    }

    private static async Task<T> Explained<T>(Task<T> act)
    {
        try
        {
            return await act;
        }
        catch (ErasureException e)
        {
            throw new RpcException(new Status(
                e.Failure switch
                {
                    ErasureFailure.UnknownSubject => StatusCode.NotFound,
                    ErasureFailure.Held => StatusCode.FailedPrecondition,
                    _ => StatusCode.Unavailable,
                },
                e.Message));
        }
    }

    private static Recipient ToMessage(PastRecipient recipient) => new()
    {
        Partner = recipient.Partner,
        Name = recipient.Name,
        PrivacyContact = recipient.PrivacyContact,
        Purposes = { recipient.Purposes },
        Disclosures = recipient.Disclosures,
        Records = recipient.Records,
        First = Timestamp.FromDateTimeOffset(recipient.First),
        Last = Timestamp.FromDateTimeOffset(recipient.Last),
        DeleteBy = recipient.DeleteBy is { } deleteBy ? Timestamp.FromDateTimeOffset(deleteBy) : null,
    };

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
