using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal list</c>.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var call = new LegalCall();
        var command = new Command("list", "List the cases, newest first, without their subjects. Example: gateway legal list -o json");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var answer = await call.RunAsync(parsed, client => client.ListCasesAsync(new ListCasesRequest(), cancellationToken: cancellationToken));
            LegalCaseRow.Print(call.Format(parsed), [.. answer.Cases.Select(LegalCaseRow.Of)]);
            return ExitCode.Ok;
        });
        return command;
    }
}
