using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log release</c>.</summary>
internal static class ReleaseCommand
{
    public static Command Create()
    {
        var call = new ErasureCall();
        var command = new Command("release", "End a customer's hold, so that they can be forgotten. Example: gateway log release C-5001 --reason 'claim 2026-17 settled'");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ReleaseSubjectRequest { SubjectId = call.Subject(parsed), Reason = call.Reason(parsed) };
            var answer = await call.RunAsync(parsed, client => client.ReleaseSubjectAsync(request, cancellationToken: cancellationToken));
            if (call.Format(parsed) == OutputFormat.Table)
            {
                Output.Data(answer.Changed ? $"released; receipt {answer.Receipt}" : "was not held");
            }
            else
            {
                Output.Rows(call.Format(parsed), [new { answer.Changed, answer.Receipt }], [], _ => []);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
