using System.Globalization;
using System.Text;
using Gateway.Core.Contracts;
using Gateway.Core.Statistics;
using Gateway.Core.Subjects;

namespace Gateway.Commands.Partner.Pack;

/// <summary>CONTRACT.md: a partner's contract in plain words, and nothing about anybody else.</summary>
internal static class ContractPaper
{
    public static string Text(Contract contract, string revision)
    {
        var partner = contract.Partner;
        var page = new StringBuilder($"# Contract of {Markdown.Text(partner.Name)}\n\n");
        page.Append("What the gateway grants you, field by field. `ContractService/DescribeContract` tells the same of the contract that is in force at that moment.\n\n");
        page.Table(["", ""],
        [
            ["partner", $"{partner.Id}, {partner.Role.ToString().ToLowerInvariant()} in {partner.Country}"],
            ["contract", contract.Name],
            ["agreement", $"{Markdown.Text(contract.Agreement.Reference)}, {Day(contract.Agreement.Effective)} to {Day(contract.Agreement.Expires.AddDays(-1))}, both days whole, UTC"],
            .. partner.Safeguard is { } safeguard ? [["safeguard for the transfer", Markdown.Text(safeguard)]] : Array.Empty<string[]>(),
            ["identity", $"one client certificate for `{contract.Identity.Uri}`, issued by the shop's authority `{contract.Identity.Authority}`"],
            ["keys", contract.Identity.Keys.IsEmpty ? "any that the authority certifies" : string.Join(", ", contract.Identity.Keys.Select(k => $"`{k.Text}`"))],
            ["networks", contract.Identity.Networks.IsEmpty ? "any" : string.Join(", ", contract.Identity.Networks)],
            ["suspended by itself on", contract.SuspendOn.IsEmpty ? "nothing" : string.Join(", ", contract.SuspendOn.Select(Words))],
            ["revision", $"`{revision}`"],
        ]);
        foreach (var grant in contract.Grants)
        {
            Grant(page, contract, grant);
        }

        if (contract.Statistics is { } statistics)
        {
            page.Append($"## {statistics.Purpose.Key}\n\n> {Markdown.Text(statistics.Purpose.Promise)}\n\n");
            page.Append(CultureInfo.InvariantCulture, $"Aggregated figures by `gateway.statistics.v1.StatisticsService/GetStatistics`, never persons: at least {statistics.MinimumVisitors} visitors a cell.\n\n");
            page.Append($"The menu is fixed: these figures, each with this one breakdown, of {(statistics.Period == PeriodKind.Month ? "months" : "weeks")} that are wholly over. There are no free queries.\n\n");
            page.Table(["figure"], statistics.Figures.Select(f => (string[])[Markdown.Text(f.ToString())]));
        }

        if (contract.SubjectAccess is not null)
        {
            page.Append("## The customer's own view\n\n`gateway.subject.v1.SubjectService` answers for the one customer that each call's signed assertion names. Put it into the metadata "
                + $"`{SubjectAccess.MetadataKey}`: a compact JWS signed with {SubjectAccess.Algorithm} by a key of this contract, of these claims:\n\n");
            page.Table(["claim", "value"],
            [
                ["`iss`", $"`{partner.Id}`"],
                ["`aud`", $"`{SubjectAccess.Audience}`"],
                ["`sub`", "the shop's id of the customer who is signed in"],
                ["`iat`, `exp`", "whole seconds since 1970, at most 5 minutes apart"],
            ]);
            page.Append("What is wrong with an assertion is not told: SUBJECT\\_NOT\\_ASSERTED.\n\n");
        }

        return page.ToString();
    }

    private static void Grant(StringBuilder page, Contract contract, Grant grant)
    {
        page.Append($"## {grant.Purpose.Key}: {grant.Record.Name}\n\n> {Markdown.Text(grant.Purpose.Promise)}\n\n");
        page.Append($"Legal basis: {grant.Basis.Name()} (GDPR Art. 6(1)). Use it for this purpose and no other.\n\n");
        if (grant.Record.Permission is not null || grant.Basis == LegalBasis.Consent)
        {
            page.Append("Needs the customer's permission, asked for each record each time it would leave. A subscriber who opts out is as one who is not there; "
                + "a stream takes the record back with a tombstone. What you hold of them then is not to be used for this purpose any more.\n\n");
        }

        page.Append("Methods: ").AppendJoin(", ", grant.Methods.Order(StringComparer.Ordinal).Select(m => $"`{m}`")).Append(".\n\n");
        page.Table(["field", "category", "you get it", "because"], grant.Fields.Select(f => (string[])
        [
            $"`{f.Leaf.Path}`", f.Leaf.Category, f.Transform is null ? "as it is" : $"changed: `{f.Transform}`",
            Markdown.Text(f.Because) + (f.Leaf.Sensitive ? "; **sensitive**: it can tell of health, belief or sexuality" : ""),
        ]));
        var withheld = grant.Record.Leaves.Where(l => !grant.Granted.Has(l.Index)).ToArray();
        if (withheld.Length > 0)
        {
            page.Append("Withheld:\n\n");
            page.Table(["field", "why"], withheld.Select(l => (string[])[$"`{l.Path}`", Markdown.Text(AccessExplanation.WhyNotGranted(contract, grant, l))]));
        }

        page.Table(["term", ""],
        [
            ["a record is available", $"while it is open, {Words(grant.Window)} after it closes, and never longer than {Words(grant.MaxOpen)} after it opened"],
            ["you delete", $"within {Words(grant.DeleteAfter)} of each release; the receipt says the date (`delete_by`)"],
            ["calls a second", Limit(grant.Limits.CallsPerSecond)],
            ["distinct persons a day, UTC", Limit(grant.Limits.SubjectsPerDay)],
            ["records asked for that are not available, a minute", $"{grant.Limits.MissesPerMinute}; more counts as enumeration"],
        ]);
    }

    private static string Words(SuspendOn threshold) => threshold == SuspendOn.SubjectQuota
        ? "a call over the persons a day"
        : "more records asked for that are not available than allowed";

    private static string Words(TimeSpan span) => span == TimeSpan.Zero ? "not"
        : span.Ticks % TimeSpan.TicksPerDay == 0 ? $"{span.Days} days" : $"{(long)span.TotalHours} hours";

    private static string Limit(int? limit) => limit is { } most ? most.ToString(CultureInfo.InvariantCulture) : "no limit";

    private static string Day(DateTimeOffset day) => day.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
