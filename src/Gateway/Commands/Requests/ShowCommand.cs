using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Requests;

/// <summary><c>gateway requests show</c>.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var call = new RequestCall();
        var id = RequestCall.Id();
        var command = new Command(
            "show", "Show one request with what the customer wrote; the reading is recorded. Example: gateway requests show 019ab3c2-1111-7aaa-8bbb-0123456789ab")
        {
            id,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new GetRequestRequest { Id = parsed.GetRequiredValue(id) };
            var answer = await call.RunAsync(parsed, client => client.GetRequestAsync(asked, cancellationToken: cancellationToken));
            if (call.Format(parsed) != OutputFormat.Table)
            {
                Output.Rows(call.Format(parsed), [new { Request = RequestCall.Row(answer.Request), answer.SubjectId, answer.Words }], [], _ => []);
                return ExitCode.Ok;
            }

            RequestCall.Print(OutputFormat.Table, [answer.Request]);
            if (answer.Request.Extension.Length > 0)
            {
                Output.Data($"extended: {answer.Request.Extension}");
            }

            if (answer.SubjectId.Length > 0)
            {
                Output.Data($"customer: {answer.SubjectId}");
                Output.Data(answer.Words);
            }
            else
            {
                Output.Note("The request has ended: the customer's id and words are wiped.");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
