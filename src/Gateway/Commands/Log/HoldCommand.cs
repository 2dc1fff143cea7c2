using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log hold</c>.</summary>
internal static class HoldCommand
{
    public static Command Create()
    {
        var call = new ErasureCall();
        var command = new Command(
            "hold", "Let nobody forget a customer until they are released: a claim, a dispute, a duty to keep. Example: gateway log hold C-5001 --reason 'claim 2026-17'");
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new HoldSubjectRequest { SubjectId = call.Subject(parsed), Reason = call.Reason(parsed) };
            var answer = await call.RunAsync(parsed, client => client.HoldSubjectAsync(request, cancellationToken: cancellationToken));
            var since = ErasureCall.At(answer.Hold.Since);
            if (call.Format(parsed) == OutputFormat.Table)
            {
                Output.Data(answer.Changed
                    ? $"held; receipt {answer.Hold.Receipt}"
                    : $"is held already since {since} by {answer.Hold.By}; receipt {answer.Hold.Receipt}");
            }
            else
            {
                Output.Rows(call.Format(parsed), [new { answer.Changed, Since = since, answer.Hold.By, answer.Hold.Receipt }], [], _ => []);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
