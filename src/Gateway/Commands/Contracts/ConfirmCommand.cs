using System.CommandLine;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts confirm</c>.</summary>
internal static class ConfirmCommand
{
    public static Command Create()
    {
        var call = new ObligationCall();
        var partner = new Argument<string>("PARTNER") { Description = "The partner's id." };
        var before = new Option<DateTimeOffset>("--before")
        {
            Description = "All that was released before this instant is gone: 2026-03-01.",
            Required = true,
            CustomParser = result => Instants.Time(result.Tokens[0].Value, TimeProvider.System, result) ?? default,
        };
        var purpose = new Option<string>("--purpose") { Description = "For this purpose only.", DefaultValueFactory = _ => "" };
        var reason = new Option<string>("--reason") { Description = "How the confirmation came and where it is kept; recorded. No personal data.", Required = true };
        var command = new Command(
            "confirm", "Confirm deletion for a partner that wrote a letter. Example: gateway contracts confirm harbour-carrier --before 2026-03-01 --reason 'letter of 3 March, file 2026-17'")
        {
            partner,
            before,
            purpose,
            reason,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new ConfirmByLetterRequest
            {
                Partner = parsed.GetRequiredValue(partner),
                ReleasedBefore = Timestamp.FromDateTimeOffset(parsed.GetRequiredValue(before)),
                Purpose = parsed.GetValue(purpose) ?? "",
                Reason = parsed.GetRequiredValue(reason),
            };
            var answer = await call.RunAsync(parsed, client => client.ConfirmByLetterAsync(asked, cancellationToken: cancellationToken));
            if (call.Format(parsed) != OutputFormat.Table)
            {
                Output.Rows(call.Format(parsed), [new { asked.Partner, answer.Confirmed, answer.Records, answer.Receipt }], [], _ => []);
            }
            else
            {
                Output.Data(answer.Confirmed == 0
                    ? "nothing was open"
                    : $"{answer.Confirmed} releases with {answer.Records} records confirmed; receipt {answer.Receipt}");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
