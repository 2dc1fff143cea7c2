using System.CommandLine;
using Gateway.Commands.Log;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Incident;

/// <summary><c>gateway incident report</c>: for the notice to the authority within 72 hours, and to the persons concerned.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var key = new Option<string>("--key") { Description = "The key that data left through: sha256:…" };
        var partner = new Option<string>("--partner") { Description = "The partner that data left to, whichever its key." };
        var between = Instants.Between(TimeProvider.System);
        between.Required = true;
        var reidentify = new Option<bool>("--reidentify")
        {
            Description = "Name the customers by the shop's ids. For the role privacy; needs --reason; is recorded.",
        };
        var reason = new Option<string>("--reason") { Description = "Why the customers are named: one line, recorded." };
        var format = new Option<ReportFormat>("--output", "-o")
        {
            Description = "How to print: table, json, or html, a page to print for the authority.",
            DefaultValueFactory = _ => ReportFormat.Table,
        };
        var staff = new StaffOptions();
        var command = new Command(
            "report",
            "Print what left: customers, records, fields, addresses, delete-by dates. Example: gateway incident report --key sha256:… "
            + "--between 2026-03-01,2026-03-08T12:00Z -o html > report.html")
        {
            key, partner, between, reidentify, reason, format,
        };
        staff.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(key) is null == result.GetValue(partner) is null)
            {
                result.AddError("Name either --key or --partner.");
            }

            if (result.GetValue(reidentify) != (result.GetValue(reason) is not null))
            {
                result.AddError("--reidentify and --reason go together.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (since, until) = parsed.GetRequiredValue(between)!.Value;
            var incident = new Protos.Admin.V1.Incident { Since = Timestamp.FromDateTimeOffset(since), Until = Timestamp.FromDateTimeOffset(until) };
            if (parsed.GetValue(key) is { } spki)
            {
                incident.Key = spki;
            }
            else
            {
                incident.Partner = parsed.GetValue(partner);
            }

            using var channel = staff.Open(parsed);
            var report = await new RemoteIncidents(channel).ReadAsync(incident, parsed.GetValue(reason), cancellationToken);
            Print(report, parsed.GetValue(format));
            if (report.EntriesBehind > 0)
            {
                Output.Note($"The newest {report.EntriesBehind} entries of the log are still to be indexed and are not in this report; make it again in a moment.");
            }

            if (report is { Answers: 0, EmptyAnswers: 0, Refusals: 0 })
            {
                Output.Note("The log tells of no call at all here. Before this is taken for good news: is the key or the partner misspelt, and are the times UTC?");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(IncidentReport report, ReportFormat format)
    {
        switch (format)
        {
            case ReportFormat.Html:
                Output.Data(ReportPage.Of(report));
                break;
            case ReportFormat.Json:
                Output.Rows(OutputFormat.Ndjson, [report], [], _ => []);
                break;
            default:
                ReportTables.Print(report);
                break;
        }
    }
}

/// <summary>How the report is printed.</summary>
internal enum ReportFormat
{
    Table,
    Json,
    Html,
}
