namespace Gateway.Commands.Incident;

/// <summary>The report on a terminal.</summary>
internal static class ReportTables
{
    public static void Print(IncidentReport report)
    {
        Output.Data($"What left through {ReportText.Through(report)} from {ReportText.At(report.Since)} to {ReportText.At(report.Until)}");
        Output.Data($"made {ReportText.At(report.Made)} from {ReportText.Searched(report)}");
        Output.Data("");
        Output.Rows(OutputFormat.Table, Summary(report), ["", ""], r => [r.Name, r.Value]);
        foreach (var (title, columns, rows) in ReportText.Tables(report))
        {
            Output.Data(rows.Count == 0 ? $"{title}: none" : title);
            if (rows.Count > 0)
            {
                Output.Rows(OutputFormat.Table, rows, columns, r => r);
            }
        }

        if (report.Named is { } named)
        {
            var (columns, rows) = ReportText.Customers(named);
            Output.Data($"Customers: {ReportText.Counts(named)}");
            Output.Rows(OutputFormat.Table, [.. rows], columns, r => r);
        }
    }

    private static List<(string Name, string Value)> Summary(IncidentReport report) =>
    [
        ("customers", ReportText.Distinct(report, report.Customers)),
        ("records", ReportText.Distinct(report, report.Records)),
        ("records, each as often as released", ReportText.Number(report.RecordsReleased)),
        ("answers with records", ReportText.Number(report.Answers)),
        ("answers without", ReportText.Number(report.EmptyAnswers)),
        ("refused or failed calls", ReportText.Number(report.Refusals)),
        ("first release", ReportText.At(report.First)),
        ("last release", ReportText.At(report.Last)),
        ("all to be deleted by", ReportText.At(report.LatestDeleteBy)),
        ("records without such a date", ReportText.Number(report.RecordsWithoutDeleteBy)),
    ];
}
