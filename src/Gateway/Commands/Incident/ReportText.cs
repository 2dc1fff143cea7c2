using System.Globalization;

namespace Gateway.Commands.Incident;

/// <summary>Words and columns that the tables and the page have in common.</summary>
internal static class ReportText
{
    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string At(DateTimeOffset? time) => time is { } at ? At(at) : "";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A number of distinct things, which may be a lower bound.</summary>
    public static string Distinct(IncidentReport report, long number) => (report.AtLeast ? "at least " : "") + Number(number);

    /// <summary>What data left through.</summary>
    public static string Through(IncidentReport report) => report.Key is { } key ? $"key {key}" : $"partner {report.Partner}";

    /// <summary>Which part of the log was searched.</summary>
    public static string Searched(IncidentReport report) =>
        $"the disclosure log up to entry {Number(report.IndexedUntil)}"
        + (report.SearchedFrom == 0 ? "" : $", from entry {Number(report.SearchedFrom)}: older ones were archived and pruned");

    /// <summary>The report's tables, each with its title.</summary>
    public static IEnumerable<(string Title, string[] Columns, List<string[]> Rows)> Tables(IncidentReport report)
    {
        yield return ("Categories of data and fields", ["category", "record", "field", "sensitive", "records as they are", "changed"],
            [.. report.Categories.SelectMany(c => c.Fields.Select(f => (string[])
                [c.Category, f.Record, f.Path, f.Sensitive ? "SENSITIVE" : "", Number(f.Records), Number(f.RecordsTransformed)]))]);
        yield return ("By purpose, contract and method",
            ["purpose", "contract", "method", "record", "answers", "records", "first", "last", "delete by"],
            [.. report.Uses.Select(u => (string[])
                [u.Purpose, u.Contract, u.Method, u.Record, Number(u.Answers), Number(u.RecordsReleased), At(u.First), At(u.Last), At(u.DeleteBy)])]);
        yield return ("Source addresses", ["address", "answers", "first", "last"], [.. report.Addresses.Select(Source)]);
        yield return ("Keys", ["key", "answers", "first", "last"], [.. report.Keys.Select(Source)]);
        yield return ("Partners and contacts", ["partner", "name", "role", "country", "security contact", "privacy contact", "agreement"],
            [.. report.Partners.Select(p => (string[])[p.Id, p.Name, p.Role, p.Country, p.SecurityContact, p.PrivacyContact, p.Agreement])]);
        yield return ("Measures recorded since the incident began", ["time", "by", "act", "receipt"],
            [.. report.Measures.Select(m => (string[])[At(m.Time), m.Actor, m.Action, m.Receipt])]);
    }

    /// <summary>The customers by name.</summary>
    public static (string[] Columns, IEnumerable<string[]> Rows) Customers(NamedCustomers named) => (
        ["customer", "records", "first", "last"],
        named.Customers.Select(c => (string[])
            [c.SubjectId ?? $"(no identity kept) {c.Pseudonym}", Number(c.RecordsReleased), At(c.First), At(c.Last)]));

    /// <summary>How many customers there are of each sort, in a sentence.</summary>
    public static string Counts(NamedCustomers named) =>
        $"{Number(named.Named)} named, {Number(named.Forgotten)} forgotten, {Number(named.Unknown)} without an identity"
        + (named.Incomplete ? "; there are more than can be listed: choose a shorter time" : "");

    private static string[] Source(ReportedSource s) => [s.Name, Number(s.Answers), At(s.First), At(s.Last)];
}
