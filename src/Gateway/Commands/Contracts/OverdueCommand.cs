using System.CommandLine;
using System.Globalization;
using Gateway.Commands.Log;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts overdue</c>.</summary>
internal static class OverdueCommand
{
    public static Command Create()
    {
        var call = new ObligationCall();
        var partner = new Option<string>("--partner") { Description = "Of this partner only.", DefaultValueFactory = _ => "" };
        var days = new Option<int>("--notice-days") { Description = "Notices that are open for longer, 1 to 3650 days.", DefaultValueFactory = _ => 7 };
        var command = new Command(
            "overdue", "List what partners should have deleted and have not confirmed, and notices that they leave open. Example: gateway contracts overdue --partner northgate-warehouse")
        {
            partner,
            days,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var asked = new ListOverdueRequest { Partner = parsed.GetValue(partner) ?? "", NoticeDays = parsed.GetValue(days) };
            var answer = await call.RunAsync(parsed, client => client.ListOverdueAsync(asked, cancellationToken: cancellationToken));
            Print(call.Format(parsed), answer);
            ObligationCall.Note(answer.Warnings);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(OutputFormat format, ListOverdueResponse answer)
    {
        var notices = answer.Notices.Select(n => new NoticeRow(n.Partner, n.Name, n.PrivacyContact, n.Notices, ErasureCall.At(n.Oldest))).ToList();
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, [new { Owed = answer.Owed.Select(ObligationCall.Row), Notices = notices, answer.Warnings }], [], _ => []);
            return;
        }

        if (answer.Owed.Count > 0)
        {
            ObligationCall.PrintTable(answer.Owed);
        }

        if (notices.Count > 0)
        {
            Output.Rows(
                OutputFormat.Table, notices, ["partner", "open notices", "oldest", "whom to ask"],
                n => [n.Partner, n.Open.ToString(CultureInfo.InvariantCulture), n.Oldest, n.PrivacyContact.Length > 0 ? $"{n.Name}, {n.PrivacyContact}" : n.Name]);
        }

        if (answer.Owed.Count == 0 && notices.Count == 0)
        {
            Output.Note("Nothing is overdue.");
        }
    }

    private sealed record NoticeRow(string Partner, string Name, string PrivacyContact, int Open, string Oldest);
}
