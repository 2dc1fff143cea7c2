using System.CommandLine;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts checklist</c>.</summary>
internal static class ChecklistCommand
{
    public static Command Create()
    {
        var call = new ObligationCall();
        var partner = new Argument<string>("PARTNER") { Description = "The partner's id." };
        var command = new Command(
            "checklist", "What is left to do with a partner when its agreement ends (GDPR Art. 28(3)(g)). Example: gateway contracts checklist southgate-warehouse")
        {
            partner,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new GetChecklistRequest { Partner = parsed.GetRequiredValue(partner) };
            var answer = await call.RunAsync(parsed, client => client.GetChecklistAsync(asked, cancellationToken: cancellationToken));
            Print(call.Format(parsed), answer);
            ObligationCall.Note(answer.Warnings);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(OutputFormat format, GetChecklistResponse answer)
    {
        var keys = answer.Keys.Select(k => new KeyRow(k.Key_, ErasureCall.At(k.LastUsed), k.Revoked)).ToList();
        if (format != OutputFormat.Table)
        {
            Output.Rows(
                format,
                [
                    new
                    {
                        answer.Partner, answer.Name, answer.PrivacyContact, answer.Agreements, Ended = ErasureCall.At(answer.Ended),
                        Owed = answer.Owed.Select(ObligationCall.Row), answer.ConfirmedEntries, answer.OpenNotices, Keys = keys, answer.Done, answer.Warnings,
                    },
                ],
                [], _ => []);
            return;
        }

        Output.Data($"{(answer.Name.Length > 0 ? answer.Name : answer.Partner)}: {(answer.Agreements.Count > 0 ? string.Join(", ", answer.Agreements) : "no agreement at hand")}, "
            + (answer.Ended is null ? "an agreement is in force or its end is not recorded yet" : $"ended, recorded {ErasureCall.At(answer.Ended)}"));
        Mark(answer.Owed.Count == 0, $"all that was released is deleted or returned, and confirmed ({answer.ConfirmedEntries} releases so far)");
        if (answer.Owed.Count > 0)
        {
            ObligationCall.PrintTable(answer.Owed);
        }

        Mark(answer.OpenNotices == 0, answer.OpenNotices == 0 ? "no notice is open" : $"{answer.OpenNotices} notices are open");
        foreach (var key in keys)
        {
            Mark(key.Revoked, key.Revoked ? $"{key.Key} is revoked" : $"revoke {key.Key}, last used {key.LastUsed}: gateway certs revoke {key.Key} --reason TEXT");
        }

        Output.Note(answer.Done ? "Done." : answer.PrivacyContact.Length > 0 ? $"Whom to ask: {answer.PrivacyContact}" : "No contract names whom to ask any more.");
    }

    private static void Mark(bool done, string what) => Output.Data($"[{(done ? 'x' : ' ')}] {what}");

    private sealed record KeyRow(string Key, string LastUsed, bool Revoked);
}
