using System.CommandLine;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal extend</c>: proposes; two approve.</summary>
internal static class ExtendCommand
{
    public static Command Create()
    {
        var call = new LegalCall();
        var until = LegalCall.Instant("--until", "Until when the subjects are not to be told: at most 90 days from now.");
        until.Required = true;
        var basis = new Option<string>("--basis") { Description = "The law or the order that demands it.", Required = true };
        var command = new Command(
            "extend",
            "Propose to tell the subjects later; two different people approve it. Example: gateway legal extend legal-2026-0a1b2c3d --until 2026-12-31 --basis 'section 12, order of 3 March'")
        {
            until, basis,
        };
        call.AddToCase(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ExtendNoticeRequest
            {
                CaseId = call.Case(parsed),
                Until = Timestamp.FromDateTimeOffset(parsed.GetValue(until)!.Value),
                Basis = parsed.GetRequiredValue(basis),
            };
            var answer = await call.RunAsync(parsed, client => client.ExtendNoticeAsync(request, cancellationToken: cancellationToken));
            LegalCasePrinter.Print(call.Format(parsed), LegalCaseRow.Of(answer.Case));
            Output.Note($"Proposed. Two approve it: gateway legal approve {request.CaseId} --notice-until {request.Until.ToDateTime():yyyy-MM-dd'T'HH:mm:ss'Z'} --as NAME");
            return ExitCode.Ok;
        });
        return command;
    }
}
