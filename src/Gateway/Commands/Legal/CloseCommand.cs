using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal close</c>.</summary>
internal static class CloseCommand
{
    public static Command Create()
    {
        var call = new LegalCall();
        var reason = new Option<string>("--reason") { Description = "Why: kept with the case.", Required = true };
        var command = new Command("close", "Close a case: nothing more is released under it. Example: gateway legal close legal-2026-0a1b2c3d --reason 'the court has what it asked for'")
        {
            reason,
        };
        call.AddToCase(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new CloseCaseRequest { CaseId = call.Case(parsed), Reason = parsed.GetRequiredValue(reason) };
            var answer = await call.RunAsync(parsed, client => client.CloseCaseAsync(request, cancellationToken: cancellationToken));
            LegalCasePrinter.Print(call.Format(parsed), LegalCaseRow.Of(answer.Case));
            return ExitCode.Ok;
        });
        return command;
    }
}
