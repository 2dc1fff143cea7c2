using Gateway.Core.Contracts;
using Gateway.Core.Legal;
using Gateway.Legal;
using Gateway.Protos.Admin.V1;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Services;

/// <summary>Cases as staff are told of them.</summary>
internal static class LegalMessages
{
    public static LegalCase Of(Case legal, DateTimeOffset now, bool withSubjects)
    {
        var terms = legal.Terms;
        var message = new LegalCase
        {
            Id = legal.Id,
            State = (LegalCaseState)(legal.StateAt(now) + 1),
            Ground = (LegalGround)(terms.Ground + 1),
            RecipientKind = terms.Recipient.Kind.ToString().ToLowerInvariant(),
            RecipientName = terms.Recipient.Name,
            Country = terms.Recipient.Country,
            Safeguard = terms.Recipient.Safeguard ?? "",
            RecipientKey = terms.Recipient.Key ?? "",
            Instrument = terms.Instrument,
            Number = terms.Number,
            From = At(terms.From),
            Until = At(terms.Until),
            Expires = At(terms.Expires),
            Notice = NoticeOf(legal),
            ProposedNotice = legal.Proposed is { } proposed ? Of(proposed) : null,
            Opened = Of(legal.Opened),
            ApprovalsNeeded = legal.Needed,
            ReviewDue = legal.ReviewDue is { } due ? At(due) : null,
            ReviewOutcome = legal.Review is { } review ? (LegalReviewOutcome)(review.Outcome + 1) : LegalReviewOutcome.Unspecified,
            Review = legal.Review is { } reviewed ? Of(reviewed, reviewed.Reason) : null,
            Closed = legal.Closed is { } closed ? Of(closed, closed.Reason) : null,
        };
        message.Subjects.AddRange(withSubjects ? terms.Subjects : []);
        message.Scope.AddRange(terms.Scope.Select(s => new LegalScope { Record = s.Record, Paths = { s.Paths } }));
        message.Approvals.AddRange(legal.Approvals.Select(a => Of(a)));
        message.Releases.AddRange(legal.Releases.Select(Of));
        return message;
    }

    public static LegalRelease Of(ReleaseAct release) => new()
    {
        Act = Of(release, ""),
        Records = release.Records,
        Receipts = { release.Receipts },
        SealedFor = release.SealedFor,
    };

    public static LegalFinding Of(ContractFinding finding) => new()
    {
        File = finding.File,
        Line = finding.Line,
        Column = finding.Column,
        What = finding.What,
        Instead = finding.Instead,
    };

    public static GetLegalReportResponse Of(CaseReport report) => new()
    {
        Rows =
        {
            report.Rows.Select(r => new GetLegalReportResponse.Types.Row
            {
                Ground = (LegalGround)(r.Ground + 1),
                RecipientKind = r.Recipient.Kind.ToString().ToLowerInvariant(),
                RecipientName = r.Recipient.Name,
                Country = r.Recipient.Country,
                Opened = r.Opened,
                Approved = r.Approved,
                Delayed = r.Delayed,
                Wrong = r.Wrong,
                Refused = r.Refused,
                Releases = r.Releases,
                Records = r.Records,
            }),
        },
        Disagreements = { report.Disagreements },
        Notes = { report.Notes },
    };

    private static LegalDelay? NoticeOf(Case legal) => legal switch
    {
        { NoticeAfter: null } => null,
        { Extension: { } extension } => Of(extension),
        _ => new LegalDelay { Until = At(legal.Terms.Notice!.Until), Basis = legal.Terms.Notice.Basis },
    };

    private static LegalDelay Of(NoticeExtension extension) => new()
    {
        Until = At(extension.Act.Delay.Until),
        Basis = extension.Act.Delay.Basis,
        Proposed = Of(extension.Act),
        Approvals = { extension.Approvals.Select(a => Of(a)) },
    };

    private static LegalAct Of(CaseAct act, string reason = "") => new() { By = act.By.Id, Key = act.By.Key, At = At(act.At), Reason = reason };

    private static Timestamp At(DateTimeOffset at) => Timestamp.FromDateTimeOffset(at);
}
