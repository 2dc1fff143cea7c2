using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Requests;

/// <summary><c>gateway requests open</c>.</summary>
internal static class OpenCommand
{
    public static Command Create()
    {
        var call = new RequestCall();
        var subject = new Argument<string>("SUBJECT") { Description = "The customer, by the shop's own id. It is kept until the request ends." };
        var erasure = new Option<bool>("--erasure") { Description = "The customer wants to be erased (GDPR Art. 17)." };
        var record = new Option<string?>("--record") { Description = "The record to correct (Art. 16): Shipment." };
        var fields = new Option<string?>("--fields") { Description = "Its fields, with commas between: recipient_name,address." };
        var words = new Option<string>("--words") { Description = "What the customer wrote.", DefaultValueFactory = _ => "" };
        var command = new Command(
            "open", "Open a request that came by letter or telephone. Example: gateway requests open C-5001 --record Shipment --fields address.street --words 'I moved to 3 Mill Lane'")
        {
            subject,
            erasure,
            record,
            fields,
            words,
        };
        call.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(erasure) == (result.GetValue(record) is not null))
            {
                result.AddError("Name either --erasure, or --record and --fields of what is to be corrected.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new OpenRequestRequest
            {
                SubjectId = parsed.GetRequiredValue(subject),
                Kind = parsed.GetValue(erasure) ? RequestKind.Erasure : RequestKind.Rectification,
                Record = parsed.GetValue(record) ?? "",
                Fields = { (parsed.GetValue(fields) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) },
                Words = parsed.GetValue(words) ?? "",
            };
            var answer = await call.RunAsync(parsed, client => client.OpenRequestAsync(asked, cancellationToken: cancellationToken));
            RequestCall.Print(call.Format(parsed), [answer.Request]);
            return ExitCode.Ok;
        });
        return command;
    }
}
