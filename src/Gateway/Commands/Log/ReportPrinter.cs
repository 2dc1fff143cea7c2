using System.Globalization;
using Gateway.Core.Log.Verification;

namespace Gateway.Commands.Log;

/// <summary>Prints what a check of the log found.</summary>
internal static class ReportPrinter
{
    public static void Print(OutputFormat format, LogReport report)
    {
        var printed = PrintedReport.Of(report);
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, [printed], [], _ => []);
            return;
        }

        Output.Data(report.Checkpoint is { } checkpoint
            ? string.Create(CultureInfo.InvariantCulture, $"{checkpoint.Origin}, {checkpoint.Head.Size} entries signed, root {checkpoint.Head.Root}")
            : "No checkpoint that can be trusted.");
        Verdict("integrity", printed.Integrity);
        Verdict("completeness", printed.Completeness);
        Output.Data(string.Create(CultureInfo.InvariantCulture, $"verified: {report.Verified} entries read are what was recorded"));
        foreach (var gap in printed.Gaps)
        {
            Output.Data(string.Create(
                CultureInfo.InvariantCulture, $"gap: entries {gap.First} to {gap.Last}, {(gap.Archived ? "archived" : "declared lost")} by entry {gap.DeclaredBy}"));
        }

        foreach (var (witness, time) in printed.Cosigned)
        {
            Output.Data($"witnessed: {witness} at {time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
        }

        if (printed.NotSignedYet is > 0)
        {
            Output.Data(string.Create(CultureInfo.InvariantCulture, $"not signed yet: {printed.NotSignedYet} entries behind the checkpoint"));
        }
    }

    private static void Verdict(string name, PrintedVerdict verdict)
    {
        Output.Data(verdict.Holds ? $"{name}: holds"
            : verdict.FirstBad is { } first ? string.Create(CultureInfo.InvariantCulture, $"{name}: DOES NOT HOLD, first bad index {first}") : $"{name}: DOES NOT HOLD");
        foreach (var fault in verdict.Faults)
        {
            Output.Data($"  {Where(fault)}{fault.What}");
        }
    }

    private static string Where(PrintedFault fault) => fault.First is null ? ""
        : fault.First == fault.Last ? string.Create(CultureInfo.InvariantCulture, $"{fault.First}: ")
        : string.Create(CultureInfo.InvariantCulture, $"{fault.First} to {fault.Last}: ");
}

/// <summary>A report as it is printed; its names are what scripts read.</summary>
internal sealed record PrintedReport(
    bool Whole, string? Origin, long? Size, string? Root, long Verified, PrintedVerdict Integrity, PrintedVerdict Completeness, IReadOnlyList<PrintedGap> Gaps,
    long? NotSignedYet, IReadOnlyDictionary<string, DateTimeOffset> Cosigned)
{
    public static PrintedReport Of(LogReport report) => new(
        report.IsWhole, report.Checkpoint?.Origin, report.Checkpoint?.Head.Size, report.Checkpoint?.Head.Root.ToString(), report.Verified,
        PrintedVerdict.Of(report.Integrity), PrintedVerdict.Of(report.Completeness),
        [.. report.Gaps.Select(g => new PrintedGap(g.Entries.Start, g.Entries.End - 1, g.IsArchived, g.DeclaredAt))],
        report.NotSignedYet, report.Cosigned.ToDictionary(c => c.Witness, c => c.Time, StringComparer.Ordinal));
}

/// <summary>One of the two verdicts.</summary>
internal sealed record PrintedVerdict(bool Holds, long? FirstBad, IReadOnlyList<PrintedFault> Faults)
{
    public static PrintedVerdict Of(LogVerdict verdict) => new(
        verdict.Holds, verdict.FirstBad, [.. verdict.Faults.Select(f => new PrintedFault(f.Entries?.Start, f.Entries?.End - 1, f.What))]);
}

/// <summary>Something that is not as it was recorded; first and last index.</summary>
internal sealed record PrintedFault(long? First, long? Last, string What);

/// <summary>Entries that are not there and were declared so.</summary>
internal sealed record PrintedGap(long First, long Last, bool Archived, long DeclaredBy);
