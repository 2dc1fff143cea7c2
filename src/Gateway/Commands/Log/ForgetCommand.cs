using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log forget</c>.</summary>
internal static class ForgetCommand
{
    private static readonly string[] s_columns =
        ["partner", "legal name", "privacy contact", "purposes", "disclosures", "records", "first", "last", "delete by"];

    public static Command Create()
    {
        var call = new ErasureCall(reasonRequired: false);
        var dryRun = new Option<bool>("--dry-run") { Description = "List to whom the customer's data went, and forget nothing." };
        var command = new Command(
            "forget",
            "Forget a customer for good: what the log says can no longer be linked to them. Lists who is to be told. Example: gateway log forget C-5001 --reason 'request of 3 March, case 4711'")
        {
            dryRun,
        };
        call.AddTo(command);
        command.Validators.Add(result =>
        {
            if (!result.GetValue(dryRun) && !result.Children.Any(c => c is System.CommandLine.Parsing.OptionResult { Option.Name: "--reason" }))
            {
                result.AddError("--reason is needed: it is recorded. --dry-run needs none.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ForgetSubjectRequest { SubjectId = call.Subject(parsed), Reason = call.Reason(parsed), DryRun = parsed.GetValue(dryRun) };
            var answer = await call.RunAsync(parsed, client => client.ForgetSubjectAsync(request, cancellationToken: cancellationToken));
            Print(call.Format(parsed), answer, request.DryRun);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(OutputFormat format, ForgetSubjectResponse answer, bool dryRun)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(
                format, [new { Forgotten = !dryRun, answer.Receipt, Recipients = answer.Recipients.Select(Row), answer.Warnings }], [], _ => []);
        }
        else
        {
            if (answer.Recipients.Count > 0)
            {
                Output.Rows(OutputFormat.Table, [.. answer.Recipients.Select(Row)], s_columns, r =>
                [
                    r.Partner, r.Name, r.PrivacyContact, string.Join(", ", r.Purposes), r.Disclosures.ToString(CultureInfo.InvariantCulture),
                    r.Records.ToString(CultureInfo.InvariantCulture), r.First, r.Last, r.DeleteBy,
                ]);
            }

            Output.Data(dryRun ? "nothing was forgotten: dry run" : $"forgotten; receipt {answer.Receipt}");
        }

        Output.Note(answer.Recipients.Count == 0 ? "Nobody received data of this customer." : $"{answer.Recipients.Count} recipients are to be told (GDPR Art. 19).");
        foreach (var warning in answer.Warnings)
        {
            Output.Note(warning);
        }
    }

    private static RecipientRow Row(Recipient recipient) => new(
        recipient.Partner, recipient.Name, recipient.PrivacyContact, [.. recipient.Purposes], recipient.Disclosures, recipient.Records,
        ErasureCall.At(recipient.First), ErasureCall.At(recipient.Last), ErasureCall.At(recipient.DeleteBy));

    private sealed record RecipientRow(
        string Partner, string Name, string PrivacyContact, string[] Purposes, int Disclosures, int Records, string First, string Last, string DeleteBy);
}
