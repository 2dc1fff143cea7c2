using System.Globalization;

namespace Gateway.Commands.Legal;

/// <summary>One case, whole: what whoever approves it must read.</summary>
internal static class LegalCasePrinter
{
    public static void Print(OutputFormat format, LegalCaseRow legal)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, [legal], [], _ => []);
            return;
        }

        foreach (var (name, value) in Lines(legal))
        {
            Output.Data($"{name,-14} {value}");
        }
    }

    private static IEnumerable<(string Name, string Value)> Lines(LegalCaseRow legal)
    {
        yield return ("case", legal.Id.Length > 0 ? $"{legal.Id} ({legal.State})" : "not opened");
        yield return ("ground", legal.Ground);
        yield return ("recipient", $"{legal.RecipientName} ({legal.RecipientKind}, {legal.Country})");
        if (legal.Safeguard is { } safeguard)
        {
            yield return ("safeguard", safeguard);
        }

        if (legal.RecipientKey is { } key)
        {
            yield return ("sealed for", key);
        }

        yield return ("instrument", $"{legal.Instrument} {legal.Number}");
        if (legal.Subjects.Count > 0)
        {
            yield return ("subjects", string.Join(", ", legal.Subjects));
        }

        foreach (var scope in legal.Scope)
        {
            yield return ("scope", $"{scope.Record}: {string.Join(", ", scope.Paths)}");
        }

        yield return ("records", $"opened from {legal.From} to before {legal.Until}");
        yield return ("expires", legal.Expires);
        yield return ("notice", legal.Notice is { } notice ? $"after {notice.Until} ({notice.Basis})" : "at once");
        if (legal.ProposedNotice is { } proposed)
        {
            yield return ("proposed", $"notice after {proposed.Until} ({proposed.Basis}) by {proposed.Proposed}; {proposed.Approvals.Count} of 2 approvals");
        }

        yield return ("opened", legal.Opened.ToString());
        foreach (var approval in legal.Approvals)
        {
            yield return ("approved", approval.ToString());
        }

        yield return ("approvals", string.Create(CultureInfo.InvariantCulture, $"{legal.Approvals.Count} of {legal.ApprovalsNeeded}"));
        if (legal.ReviewDue is { } due)
        {
            yield return ("review due", due);
        }

        if (legal.Review is { } review)
        {
            yield return ("reviewed", $"{legal.ReviewOutcome} by {review}");
        }

        foreach (var release in legal.Releases)
        {
            yield return ("released", $"{release.Records} records by {release.Act}; sealed for {release.SealedFor}; receipts {string.Join(", ", release.Receipts)}");
        }

        if (legal.Closed is { } closed)
        {
            yield return ("closed", closed.ToString());
        }
    }
}
