using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Requests;

/// <summary><c>gateway requests resolve</c>.</summary>
internal static class ResolveCommand
{
    private enum Outcomes
    {
        Done,
        Refused,
    }

    public static Command Create()
    {
        var call = new RequestCall();
        var id = RequestCall.Id();
        var reason = RequestCall.Reason();
        var outcome = new Option<Outcomes>("--outcome") { Description = "done: past recipients are told, and of an erasure the customer is forgotten. Or refused.", Required = true };
        var command = new Command(
            "resolve", "End a request. Correct the shop's own records first. Example: gateway requests resolve ID --outcome done --reason 'corrected as asked'")
        {
            id,
            outcome,
            reason,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new ResolveRequestRequest
            {
                Id = parsed.GetRequiredValue(id),
                Outcome = parsed.GetValue(outcome) == Outcomes.Done ? RequestOutcome.Done : RequestOutcome.Refused,
                Reason = parsed.GetRequiredValue(reason),
            };
            var answer = await call.RunAsync(parsed, client => client.ResolveRequestAsync(asked, cancellationToken: cancellationToken));
            if (call.Format(parsed) == OutputFormat.Table)
            {
                RequestCall.Print(OutputFormat.Table, [answer.Request]);
            }
            else
            {
                Output.Rows(
                    call.Format(parsed), [new { Request = RequestCall.Row(answer.Request), answer.Recipients, answer.Notices, answer.Warnings }], [], _ => []);
            }

            Output.Note(answer.Notices == 0
                ? "No partner is told."
                : $"{answer.Notices} notices for {string.Join(", ", answer.Recipients)} (GDPR Art. 19).");
            foreach (var warning in answer.Warnings)
            {
                Output.Note(warning);
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
