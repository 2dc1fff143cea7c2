using System.Net;
using System.Text;

namespace Gateway.Commands.Incident;

/// <summary>
/// The report as a page to print, in the order of GDPR Art. 33(3): one file, no scripts, nothing loaded. What only a person can say is
/// left open to be filled in.
/// </summary>
internal static class ReportPage
{
    private const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <title>Personal data breach: what was disclosed</title>
        <style>
        body { font: 10.5pt/1.45 system-ui, sans-serif; color: #111; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin-top: 2rem; border-bottom: 1px solid #999 } h3 { font-size: 1rem }
        table { border-collapse: collapse; width: 100%; font-size: .85em; margin: .5rem 0 1rem }
        th, td { border: 1px solid #bbb; padding: .2rem .4rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
        th { background: #eee } .fill { border: 1px dashed #777; min-height: 4rem; padding: .4rem; color: #555 }
        .line { display: inline-block; min-width: 16rem; border-bottom: 1px solid #777 } .warn { font-weight: bold }
        @media print { body { margin: 0; max-width: none; font-size: 9.5pt } h2 { break-after: avoid } tr, .fill { break-inside: avoid }
        thead { display: table-header-group } @page { margin: 18mm } }
        </style></head><body>

        """;

    public static string Of(IncidentReport report)
    {
        var page = new StringBuilder(Head);
        page.Append("<h1>Personal data breach: what was disclosed</h1>\n");
        Paragraph(page, $"Data that left through {ReportText.Through(report)} from {ReportText.At(report.Since)} to {ReportText.At(report.Until)}.");
        Paragraph(page, $"Made {ReportText.At(report.Made)} from {ReportText.Searched(report)}. What was recorded as released counts as released, whether or not it arrived.");
        if (report.EntriesBehind > 0)
        {
            page.Append("<p class=\"warn\">").Append(Escaped($"The newest {report.EntriesBehind} entries are missing. Make this report again.")).Append("</p>\n");
        }

        page.Append("<p>Became aware: <span class=\"line\">&nbsp;</span> Notice due 72 hours later: <span class=\"line\">&nbsp;</span></p>\n");
        var tables = ReportText.Tables(report).ToDictionary(t => t.Title, StringComparer.Ordinal);
        Heading(page, "1. Nature of the breach (Art. 33(3)(a))");
        Open(page, "What happened, how it was found:");
        Table(page, ["", ""], Summary(report));
        foreach (var title in tables.Keys.Take(4))
        {
            Section(page, title, tables[title].Columns, tables[title].Rows);
        }

        Heading(page, "2. Contacts (Art. 33(3)(b))");
        page.Append("<p>Our data protection officer: <span class=\"line\">&nbsp;</span></p>\n");
        Section(page, "Partners and contacts", tables["Partners and contacts"].Columns, tables["Partners and contacts"].Rows);
        Heading(page, "3. Likely consequences (Art. 33(3)(c))");
        if (report.Categories.Any(c => c.Sensitive))
        {
            Paragraph(page, "Fields marked SENSITIVE can tell of health, belief or sexuality (Art. 9).");
        }

        Open(page, "For the persons concerned; whether the risk is high, so that they are to be told (Art. 34):");
        Heading(page, "4. Measures taken or proposed (Art. 33(3)(d))");
        var measures = tables["Measures recorded since the incident began"];
        Section(page, measures.Title, measures.Columns, measures.Rows);
        Open(page, "Further measures:");
        if (report.Named is { } named)
        {
            Heading(page, "Appendix: customers concerned");
            Paragraph(page, $"{ReportText.Counts(named)}. Named because: {named.Reason}");
            var (columns, rows) = ReportText.Customers(named);
            Table(page, columns, rows);
        }

        return page.Append("</body></html>").ToString();
    }

    private static List<string[]> Summary(IncidentReport report) =>
    [
        ["Persons concerned, about", ReportText.Distinct(report, report.Customers)],
        ["Records concerned, about", ReportText.Distinct(report, report.Records)],
        ["Records, each as often as it was released", ReportText.Number(report.RecordsReleased)],
        ["Answers that held records", ReportText.Number(report.Answers)],
        ["Answers that held none", ReportText.Number(report.EmptyAnswers)],
        ["Calls refused or failed: nothing left", ReportText.Number(report.Refusals)],
        ["First release", ReportText.At(report.First)],
        ["Last release", ReportText.At(report.Last)],
        ["By contract all to be deleted by", ReportText.At(report.LatestDeleteBy)],
        ["Records for which the log tells no such date", ReportText.Number(report.RecordsWithoutDeleteBy)],
        ["Answers to addresses or keys not listed", ReportText.Number(report.AnswersFromOthers)],
    ];

    private static void Section(StringBuilder page, string title, string[] columns, List<string[]> rows)
    {
        page.Append("<h3>").Append(Escaped(title)).Append("</h3>\n");
        if (rows.Count == 0)
        {
            Paragraph(page, "None.");
            return;
        }

        Table(page, columns, rows);
    }

    private static void Table(StringBuilder page, string[] columns, IEnumerable<string[]> rows)
    {
        page.Append("<table>");
        if (columns.Any(c => c.Length > 0))
        {
            page.Append("<thead><tr>").AppendJoin("", columns.Select(c => $"<th>{Escaped(c)}</th>")).Append("</tr></thead>");
        }

        page.Append("<tbody>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>").AppendJoin("", row.Select(c => $"<td>{Escaped(c)}</td>")).Append("</tr>\n");
        }

        page.Append("</tbody></table>\n");
    }

    private static void Heading(StringBuilder page, string text) => page.Append("<h2>").Append(Escaped(text)).Append("</h2>\n");

    private static void Paragraph(StringBuilder page, string text) => page.Append("<p>").Append(Escaped(text)).Append("</p>\n");

    private static void Open(StringBuilder page, string text) => page.Append("<div class=\"fill\">").Append(Escaped(text)).Append("</div>\n");

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
