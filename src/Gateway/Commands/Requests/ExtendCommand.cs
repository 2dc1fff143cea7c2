using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Requests;

/// <summary><c>gateway requests extend</c>.</summary>
internal static class ExtendCommand
{
    public static Command Create()
    {
        var call = new RequestCall();
        var id = RequestCall.Id();
        var reason = RequestCall.Reason();
        var months = new Option<int>("--months") { Description = "Further calendar months, 1 or 2 (GDPR Art. 12(3)).", DefaultValueFactory = _ => 2 };
        var command = new Command(
            "extend", "Give a request more time; the customer is told why. Example: gateway requests extend ID --reason 'many requests: orders of nine years'")
        {
            id,
            reason,
            months,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new ExtendRequestRequest
            {
                Id = parsed.GetRequiredValue(id),
                Months = parsed.GetValue(months),
                Reason = parsed.GetRequiredValue(reason),
            };
            var answer = await call.RunAsync(parsed, client => client.ExtendRequestAsync(asked, cancellationToken: cancellationToken));
            RequestCall.Print(call.Format(parsed), [answer.Request]);
            return ExitCode.Ok;
        });
        return command;
    }
}
