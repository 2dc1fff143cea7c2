using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal report</c>: exit code 4 where the cases and the disclosure log disagree.</summary>
internal static class ReportCommand
{
    private static readonly string[] s_columns =
        ["ground", "recipient", "kind", "country", "opened", "approved", "delayed", "wrongly urgent", "refused", "releases", "records"];

    public static Command Create()
    {
        var call = new LegalCall();
        var year = new Option<int>("--year") { Description = "The calendar year, UTC.", Required = true };
        var command = new Command("report", "Count a year's cases by ground, recipient and country, held against the log. Example: gateway legal report --year 2026")
        {
            year,
        };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new GetLegalReportRequest { Year = parsed.GetValue(year) };
            var report = await call.RunAsync(parsed, client => client.GetLegalReportAsync(request, cancellationToken: cancellationToken));
            Output.Rows(call.Format(parsed), [.. report.Rows.Select(Row)], s_columns, r =>
            [
                r.Ground, r.RecipientName, r.RecipientKind, r.Country, Text(r.Opened), Text(r.Approved), Text(r.Delayed), Text(r.WronglyUrgent), Text(r.Refused),
                Text(r.Releases), Text(r.Records),
            ]);
            foreach (var note in report.Notes)
            {
                Output.Note(note);
            }

            return report.Disagreements.Count == 0 ? ExitCode.Ok : throw new CommandFailure(
                ExitCode.CheckFailed, string.Join('\n', report.Disagreements), "the log is the evidence: see `gateway log verify`, then who had the data folder in hand");
        });
        return command;
    }

    private static ReportRow Row(GetLegalReportResponse.Types.Row row) => new(
        LegalCaseRow.GroundOf(row.Ground), row.RecipientName, row.RecipientKind, row.Country, row.Opened, row.Approved, row.Delayed, row.Wrong, row.Refused,
        row.Releases, row.Records);

    private static string Text(long count) => count.ToString(CultureInfo.InvariantCulture);

    private sealed record ReportRow(
        string Ground, string RecipientName, string RecipientKind, string Country, int Opened, int Approved, int Delayed, int WronglyUrgent, int Refused,
        int Releases, long Records);
}
