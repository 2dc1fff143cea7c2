using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Incident;

/// <summary>The report as it is printed; its names are what scripts read. Times are UTC.</summary>
internal sealed record IncidentReport
{
    public required string? Key { get; init; }

    public required string? Partner { get; init; }

    public required DateTimeOffset Since { get; init; }

    public required DateTimeOffset Until { get; init; }

    public required DateTimeOffset Made { get; init; }

    public required long SearchedFrom { get; init; }

    public required long IndexedUntil { get; init; }

    public required long EntriesBehind { get; init; }

    public required DateTimeOffset? First { get; init; }

    public required DateTimeOffset? Last { get; init; }

    public required long Customers { get; init; }

    public required long Records { get; init; }

    public required bool AtLeast { get; init; }

    public required long RecordsReleased { get; init; }

    public required long Answers { get; init; }

    public required long EmptyAnswers { get; init; }

    public required long Refusals { get; init; }

    public required IReadOnlyList<ReportedCategory> Categories { get; init; }

    public required IReadOnlyList<ReportedUse> Uses { get; init; }

    public required IReadOnlyList<ReportedSource> Addresses { get; init; }

    public required IReadOnlyList<ReportedSource> Keys { get; init; }

    public required long AnswersFromOthers { get; init; }

    public required DateTimeOffset? LatestDeleteBy { get; init; }

    public required long RecordsWithoutDeleteBy { get; init; }

    public required IReadOnlyList<ReportedPartner> Partners { get; init; }

    public required IReadOnlyList<ReportedMeasure> Measures { get; init; }

    /// <summary>Null where nobody was to be named.</summary>
    public required NamedCustomers? Named { get; init; }

    public static IncidentReport Of(Protos.Admin.V1.Incident incident, GetReportResponse report, NamedCustomers? named) => new()
    {
        Key = incident.HasKey ? incident.Key : null,
        Partner = incident.HasPartner ? incident.Partner : null,
        Since = incident.Since.ToDateTimeOffset(),
        Until = incident.Until.ToDateTimeOffset(),
        Made = report.Made.ToDateTimeOffset(),
        SearchedFrom = report.SearchedFrom,
        IndexedUntil = report.IndexedUntil,
        EntriesBehind = report.EntriesBehind,
        First = Time(report.First),
        Last = Time(report.Last),
        Customers = report.Customers,
        Records = report.Records,
        AtLeast = report.AtLeast,
        RecordsReleased = report.RecordsReleased,
        Answers = report.Answers,
        EmptyAnswers = report.EmptyAnswers,
        Refusals = report.Refusals,
        Categories = [.. report.Fields.GroupBy(f => f.Category, StringComparer.Ordinal).Select(g => new ReportedCategory(
            g.Key, g.Any(f => f.Sensitive), [.. g.Select(f => new ReportedField(f.Record, f.Path, f.Sensitive, f.Records, f.RecordsTransformed))]))],
        Uses = [.. report.Uses.Select(u => new ReportedUse(
            u.Contract, u.Purpose, u.Method, u.Record, u.Answers, u.RecordsReleased, u.First.ToDateTimeOffset(), u.Last.ToDateTimeOffset(), Time(u.DeleteBy)))],
        Addresses = [.. report.Addresses.Select(Source)],
        Keys = [.. report.Keys.Select(Source)],
        AnswersFromOthers = report.AnswersFromOthers,
        LatestDeleteBy = Time(report.LatestDeleteBy),
        RecordsWithoutDeleteBy = report.RecordsWithoutDeleteBy,
        Partners = [.. report.Partners.Select(p => new ReportedPartner(p.Id, p.Name, p.Role, p.Country, p.SecurityContact, p.PrivacyContact, p.Agreement))],
        Measures = [.. report.Measures.Select(m => new ReportedMeasure(m.Time.ToDateTimeOffset(), m.Actor, m.Action, m.Receipt))],
        Named = named,
    };

    private static ReportedSource Source(SeenSource s) => new(s.Name, s.Answers, s.First.ToDateTimeOffset(), s.Last.ToDateTimeOffset());

    private static DateTimeOffset? Time(Timestamp? time) => time?.ToDateTimeOffset();
}

/// <summary>Fields of one category.</summary>
internal sealed record ReportedCategory(string Category, bool Sensitive, IReadOnlyList<ReportedField> Fields);

/// <summary>A field, and how many records were released with it, as it is and changed.</summary>
internal sealed record ReportedField(string Record, string Path, bool Sensitive, long Records, long RecordsTransformed);

/// <summary>Answers for one purpose under one contract through one method.</summary>
internal sealed record ReportedUse(
    string Contract, string Purpose, string Method, string Record, long Answers, long RecordsReleased, DateTimeOffset First, DateTimeOffset Last,
    DateTimeOffset? DeleteBy);

/// <summary>An address or a key.</summary>
internal sealed record ReportedSource(string Name, long Answers, DateTimeOffset First, DateTimeOffset Last);

/// <summary>A partner concerned, as its contract says.</summary>
internal sealed record ReportedPartner(
    string Id, string Name, string Role, string Country, string SecurityContact, string PrivacyContact, string Agreement);

/// <summary>An act on the key or the partner.</summary>
internal sealed record ReportedMeasure(DateTimeOffset Time, string Actor, string Action, string Receipt);

/// <summary>The customers concerned by the shop's ids, and how many have none.</summary>
internal sealed record NamedCustomers(
    string Reason, long Named, long Forgotten, long Unknown, bool Incomplete, IReadOnlyList<ReportedCustomer> Customers)
{
    public static NamedCustomers Of(string reason, IEnumerable<ConcernedCustomer> customers, CustomerCounts counts) => new(
        reason, counts.Named, counts.Forgotten, counts.Unknown, counts.Incomplete,
        [
            .. customers.OrderBy(c => c.SubjectId, StringComparer.Ordinal).ThenBy(c => c.Pseudonym, StringComparer.Ordinal).Select(c => new ReportedCustomer(
                c.SubjectId.Length > 0 ? c.SubjectId : null, c.Pseudonym, c.RecordsReleased, c.First.ToDateTimeOffset(), c.Last.ToDateTimeOffset())),
        ]);
}

/// <summary>A customer concerned; without an id where no identity is kept.</summary>
internal sealed record ReportedCustomer(string? SubjectId, string Pseudonym, long RecordsReleased, DateTimeOffset First, DateTimeOffset Last);
