using System.Net;
using System.Text;

namespace Gateway.Commands.Contracts.Processing;

/// <summary>The record of processing as one page, in the order of GDPR Art. 30(1): no scripts, nothing loaded, each text of others escaped.</summary>
internal static class RecordPage
{
    private const string Head = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Record of processing activities</title>
        <style>
        body { font: 10.5pt/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
        h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem; border-bottom: 1px solid #767676 } h3 { font-size: 1rem; margin-top: 1.5rem }
        table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem } caption { text-align: left; font-weight: bold; padding: .3rem 0 }
        th, td { border: 1px solid #767676; padding: .25rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere }
        th[scope=row] { width: 16rem; background: #f1f1f1 } thead th { background: #e6e6e6 }
        @media print { body { margin: 0; max-width: none; font-size: 9.5pt } h2, h3 { break-after: avoid } tr { break-inside: avoid } @page { margin: 18mm } }
        </style></head><body><main>

        """;

    public static string Of(ProcessingRecord record)
    {
        var page = new StringBuilder(Head);
        page.Append("<h1>Record of processing activities</h1>\n");
        Paragraph(page, $"GDPR Art. 30(1). Made {RecordSheet.At(record.Made)} from the policy {record.Policy} and the contracts of revision {record.Revision}.");
        Paragraph(page, "It covers what is shared with recipients through the gateway; what else the controller does with personal data is not known here.");
        Heading(page, "(a) Controller");
        Facts(page, "Controller and contacts",
        [
            ("Controller", $"{record.Controller.Name}, {record.Controller.Address}, {record.Controller.Country}"),
            ("Privacy contact", record.Controller.PrivacyContact),
            ("Security contact", record.Controller.SecurityContact),
            ("Joint controllers", RecordSheet.Joint(record.Controller)),
            ("Representative", RecordSheet.Contact(record.Controller.Representative)),
            ("Data protection officer", RecordSheet.Contact(record.Controller.Officer)),
        ]);
        Heading(page, "(c) Categories of persons");
        List(page, record.Subjects);
        Heading(page, "(b) to (f) Purposes, data, recipients, transfers and erasure");
        foreach (var purpose in record.Activities.GroupBy(a => a.Purpose, StringComparer.Ordinal))
        {
            page.Append("<h3>").Append(Escaped(purpose.Key)).Append("</h3>\n");
            Paragraph(page, $"“{purpose.First().Promise}”");
            foreach (var activity in purpose)
            {
                Activity(page, activity, record.Area);
            }
        }

        Heading(page, "(g) Security measures");
        List(page, record.Security);
        return page.Append("</main></body></html>\n").ToString();
    }

    private static void Activity(StringBuilder page, ProcessingActivity activity, IReadOnlyList<string> area)
    {
        Facts(page, $"{activity.Recipient}, {activity.Role}",
        [
            ("Recipient (d)", $"{activity.Recipient}, {activity.Role} in {activity.Country}{(activity.Contact.Length > 0 ? $"; {activity.Contact}" : "")}"),
            ("Legal basis", activity.Basis),
            .. activity.Data.Select(d => ($"Data (c): {d.Category}", $"{string.Join(", ", d.Fields)}{(d.Sensitive ? " — can tell of health, belief or sexuality" : "")}")),
            ("Transfer and safeguard (e)", RecordSheet.Transfer(activity, area)),
            ("Erasure (f)", activity.Erasure),
            ("Agreement", RecordSheet.Agreement(activity)),
        ]);
    }

    private static void Facts(StringBuilder page, string caption, IEnumerable<(string Name, string Value)> facts)
    {
        page.Append("<table><caption>").Append(Escaped(caption)).Append("</caption><tbody>\n");
        foreach (var (name, value) in facts)
        {
            page.Append("<tr><th scope=\"row\">").Append(Escaped(name)).Append("</th><td>").Append(Escaped(value)).Append("</td></tr>\n");
        }

        page.Append("</tbody></table>\n");
    }

    private static void List(StringBuilder page, IEnumerable<string> lines)
    {
        page.Append("<ul>\n");
        foreach (var line in lines)
        {
            page.Append("<li>").Append(Escaped(line)).Append("</li>\n");
        }

        page.Append("</ul>\n");
    }

    private static void Heading(StringBuilder page, string text) => page.Append("<h2>").Append(Escaped(text)).Append("</h2>\n");

    private static void Paragraph(StringBuilder page, string text) => page.Append("<p>").Append(Escaped(text)).Append("</p>\n");

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
