using System.CommandLine;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal approve</c>.</summary>
internal static class ApproveCommand
{
    public static Command Create()
    {
        var call = new LegalCall("privacy-officer");
        var notice = LegalCall.Instant("--notice-until", "Approve the extension of the notice's delay to exactly this instant, instead of the case.");
        var command = new Command(
            "approve",
            "Approve a case, as one of two different people, each with their own certificate. Example: gateway legal approve legal-2026-0a1b2c3d --as privacy-officer")
        {
            notice,
        };
        call.AddToCase(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ApproveCaseRequest
            {
                CaseId = call.Case(parsed),
                NoticeUntil = parsed.GetValue(notice) is { } until ? Timestamp.FromDateTimeOffset(until) : null,
            };
            var answer = await call.RunAsync(parsed, client => client.ApproveCaseAsync(request, cancellationToken: cancellationToken));
            LegalCasePrinter.Print(call.Format(parsed), LegalCaseRow.Of(answer.Case));
            if (answer.Case.ReviewDue is { } due)
            {
                Output.Note($"It is urgent: somebody else must review it by {LegalCaseRow.At(due)}, else no urgent case goes on. gateway legal review {request.CaseId} --as NAME");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
