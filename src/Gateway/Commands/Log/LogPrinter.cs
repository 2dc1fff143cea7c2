using System.Globalization;

namespace Gateway.Commands.Log;

/// <summary>Prints entries of the log.</summary>
internal static class LogPrinter
{
    private static readonly string[] s_columns = ["index", "time", "kind", "partner", "method", "purpose", "decision", "records", "receipt"];

    /// <summary>Rows of a page.</summary>
    public static void Rows(OutputFormat format, IReadOnlyList<LogRow> rows) => Output.Rows(format, rows, s_columns, Cells);

    /// <summary>One row of a stream: a line, or a JSON object a line.</summary>
    public static void Line(OutputFormat format, LogRow row)
    {
        if (format == OutputFormat.Table)
        {
            Output.Data(string.Join("  ", Cells(row)));
        }
        else
        {
            Output.Rows(OutputFormat.Ndjson, [row], s_columns, Cells);
        }
    }

    /// <summary>Everything about one entry.</summary>
    public static void Whole(OutputFormat format, LogRow row)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(OutputFormat.Ndjson, [row], s_columns, Cells);
            return;
        }

        Output.Rows(OutputFormat.Table, [.. Details(row).Where(d => !string.IsNullOrEmpty(d.Value))], ["", ""], d => [d.Name, d.Value!]);
    }

    private static string[] Cells(LogRow row) =>
    [
        row.Index.ToString(CultureInfo.InvariantCulture), row.TimeText, row.Kind, row.Partner ?? row.Administration?.Actor ?? "",
        row.Method?.Split('.')[^1] ?? row.Administration?.Target ?? "", row.Purpose ?? "", row.Decision,
        row.Records.Count.ToString(CultureInfo.InvariantCulture), row.Receipt,
    ];

    private static IEnumerable<(string Name, string? Value)> Details(LogRow row) =>
    [
        ("receipt", row.Receipt), ("index", row.Index.ToString(CultureInfo.InvariantCulture)), ("time", row.TimeText), ("kind", row.Kind),
        ("partner", row.Partner), ("method", row.Method), ("purpose", row.Purpose), ("basis", row.Basis), ("decision", row.Decision),
        ("legal case", row.LegalCase), ("notice after", row.NoticeAfter?.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
        ("contract", row.Scope?.Contract), ("revision", row.Scope?.Revision), ("record", row.Scope?.Record),
        ("released", Lines(row.Scope?.Released)),
        ("transformed", Lines(row.Scope?.Transformed.Select(t => $"{t.Key} ({t.Value})"))),
        ("withheld", Lines(row.Scope?.Withheld.Select(w => $"{w.Key} ({w.Value})"))),
        ("records", Lines(row.Records.Zip(row.Subjects, (r, s) => $"{r} of subject {s}"))),
        ("permissions", Lines(row.Permissions)),
        ("tombstones", Lines(row.Tombstones)),
        ("actor", row.Administration?.Actor), ("action", row.Administration?.Action), ("target", row.Administration?.Target),
        ("reason", row.Administration?.Reason), ("from", row.Administration?.FromRevision), ("to", row.Administration?.ToRevision),
        ("gained", Lines(row.Administration?.Gained)), ("lost", Lines(row.Administration?.Lost)),
        ("trace", row.Trace), ("span", row.Span), ("partner's trace", row.PartnerTrace),
        ("key", row.Key), ("serial", row.Serial), ("peer", row.Peer), ("connection", row.Connection),
    ];

    private static string? Lines(IEnumerable<string>? values) => values is null ? null : string.Join('\n', values);
}
