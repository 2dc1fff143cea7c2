using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal show</c>.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var call = new LegalCall();
        var command = new Command("show", "Show one case whole: what to read before approving it. Example: gateway legal show legal-2026-0a1b2c3d");
        call.AddToCase(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new GetCaseRequest { CaseId = call.Case(parsed) };
            var answer = await call.RunAsync(parsed, client => client.GetCaseAsync(request, cancellationToken: cancellationToken));
            LegalCasePrinter.Print(call.Format(parsed), LegalCaseRow.Of(answer.Case));
            return ExitCode.Ok;
        });
        return command;
    }
}
