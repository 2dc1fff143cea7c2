using System.Globalization;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Commands.Legal;

/// <summary>A case as it is printed; its names are what scripts read.</summary>
internal sealed record LegalCaseRow
{
    private static readonly string[] s_columns = ["case", "state", "ground", "recipient", "country", "approvals", "expires", "notice after", "review due", "releases"];

    public required string Id { get; init; }

    public required string State { get; init; }

    public required string Ground { get; init; }

    public required string RecipientKind { get; init; }

    public required string RecipientName { get; init; }

    public required string Country { get; init; }

    public string? Safeguard { get; init; }

    public string? RecipientKey { get; init; }

    public required string Instrument { get; init; }

    public required string Number { get; init; }

    public required IReadOnlyList<string> Subjects { get; init; }

    public required IReadOnlyList<LegalScopeRow> Scope { get; init; }

    public required string From { get; init; }

    public required string Until { get; init; }

    public required string Expires { get; init; }

    public LegalDelayRow? Notice { get; init; }

    public LegalDelayRow? ProposedNotice { get; init; }

    public required LegalActRow Opened { get; init; }

    public required IReadOnlyList<LegalActRow> Approvals { get; init; }

    public required int ApprovalsNeeded { get; init; }

    public string? ReviewDue { get; init; }

    public string? ReviewOutcome { get; init; }

    public LegalActRow? Review { get; init; }

    public required IReadOnlyList<LegalReleaseRow> Releases { get; init; }

    public LegalActRow? Closed { get; init; }

    public static LegalCaseRow Of(LegalCase legal) => new()
    {
        Id = legal.Id,
        State = legal.State.ToString().ToLowerInvariant(),
        Ground = GroundOf(legal.Ground),
        RecipientKind = legal.RecipientKind,
        RecipientName = legal.RecipientName,
        Country = legal.Country,
        Safeguard = OrNull(legal.Safeguard),
        RecipientKey = OrNull(legal.RecipientKey),
        Instrument = legal.Instrument,
        Number = legal.Number,
        Subjects = [.. legal.Subjects],
        Scope = [.. legal.Scope.Select(s => new LegalScopeRow(s.Record, [.. s.Paths]))],
        From = At(legal.From)!,
        Until = At(legal.Until)!,
        Expires = At(legal.Expires)!,
        Notice = LegalDelayRow.Of(legal.Notice),
        ProposedNotice = LegalDelayRow.Of(legal.ProposedNotice),
        Opened = LegalActRow.Of(legal.Opened)!,
        Approvals = [.. legal.Approvals.Select(a => LegalActRow.Of(a)!)],
        ApprovalsNeeded = legal.ApprovalsNeeded,
        ReviewDue = At(legal.ReviewDue),
        ReviewOutcome = legal.ReviewOutcome == LegalReviewOutcome.Unspecified ? null : legal.ReviewOutcome.ToString().ToLowerInvariant(),
        Review = LegalActRow.Of(legal.Review),
        Releases = [.. legal.Releases.Select(LegalReleaseRow.Of)],
        Closed = LegalActRow.Of(legal.Closed),
    };

    /// <summary>As case files write it.</summary>
    public static string GroundOf(LegalGround ground) => Core.Legal.Grounds.Names.ElementAtOrDefault((int)ground - 1) ?? "unknown";

    /// <summary>An instant as it is printed.</summary>
    public static string? At(Timestamp? time) => time?.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Prints cases, one a line.</summary>
    public static void Print(OutputFormat format, IReadOnlyList<LegalCaseRow> rows) => Output.Rows(format, rows, s_columns, r =>
    [
        r.Id, r.State, r.Ground, $"{r.RecipientName} ({r.RecipientKind})", r.Country,
        string.Create(CultureInfo.InvariantCulture, $"{r.Approvals.Count} of {r.ApprovalsNeeded}"), r.Expires, r.Notice?.Until ?? "at once", r.ReviewDue ?? "",
        r.Releases.Count.ToString(CultureInfo.InvariantCulture),
    ]);

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}

/// <summary>One record of the scope.</summary>
internal sealed record LegalScopeRow(string Record, IReadOnlyList<string> Paths);

/// <summary>One act of a person.</summary>
internal sealed record LegalActRow(string By, string Key, string At, string Reason)
{
    public static LegalActRow? Of(LegalAct? act) => act is null ? null : new(act.By, act.Key, LegalCaseRow.At(act.At)!, act.Reason);

    public override string ToString() => $"{By}, {At}{(Reason.Length > 0 ? $": {Reason}" : "")}";
}

/// <summary>A delay, or its extension.</summary>
internal sealed record LegalDelayRow(string Until, string Basis, LegalActRow? Proposed, IReadOnlyList<LegalActRow> Approvals)
{
    public static LegalDelayRow? Of(LegalDelay? delay) => delay is null
        ? null
        : new(LegalCaseRow.At(delay.Until)!, delay.Basis, LegalActRow.Of(delay.Proposed), [.. delay.Approvals.Select(a => LegalActRow.Of(a)!)]);
}

/// <summary>One release.</summary>
internal sealed record LegalReleaseRow(LegalActRow Act, int Records, string SealedFor, IReadOnlyList<string> Receipts)
{
    public static LegalReleaseRow Of(LegalRelease release) => new(LegalActRow.Of(release.Act)!, release.Records, release.SealedFor, [.. release.Receipts]);
}
