using System.Collections.Immutable;

namespace Gateway.Core.Legal;

/// <summary>A case as its acts have made it: see <see cref="CaseBook"/>, which alone makes and changes one. Immutable.</summary>
public sealed record Case
{
    internal Case(OpenAct opened) => Opened = opened;

    /// <summary>Who opened it, when, with which terms.</summary>
    public OpenAct Opened { get; }

    /// <summary>The id.</summary>
    public string Id => Opened.CaseId;

    /// <summary>What it allows.</summary>
    public CaseTerms Terms => Opened.Terms;

    /// <summary>Who approved it: different people.</summary>
    public ImmutableArray<ApproveAct> Approvals { get; internal init; } = [];

    /// <summary>The review; null where there was none.</summary>
    public ReviewAct? Review { get; internal init; }

    /// <summary>A proposed extension that is not approved by all yet; null where none is.</summary>
    public NoticeExtension? Proposed { get; internal init; }

    /// <summary>The extension in force; null where there is none.</summary>
    public NoticeExtension? Extension { get; internal init; }

    /// <summary>Its releases, oldest first.</summary>
    public ImmutableArray<ReleaseAct> Releases { get; internal init; } = [];

    /// <summary>Who closed it; null where nobody did.</summary>
    public CloseAct? Closed { get; internal init; }

    /// <summary>True where one approval suffices and a review follows.</summary>
    public bool IsUrgent => Terms.Ground == Ground.UrgentSafety;

    /// <summary>Approvals that it needs.</summary>
    public int Needed => IsUrgent ? CaseRules.UrgentApprovals : CaseRules.Approvals;

    /// <summary>True once all needed have approved.</summary>
    public bool IsApproved => Approvals.Length >= Needed;

    /// <summary>True where nothing more is done under it, whatever the time.</summary>
    public bool IsOver => Closed is not null || Review is { Outcome: ReviewOutcome.Wrong };

    /// <summary>Until when it must be reviewed; null where it need not be, or was. Expiry and closing do not end it.</summary>
    public DateTimeOffset? ReviewDue => IsUrgent && IsApproved && Review is null ? Approvals[0].At + CaseRules.ReviewWithin : null;

    /// <summary>
    /// Until when the subjects are not told; null for at once. What a review found wrong delays nothing: its subjects must be able to
    /// defend themselves.
    /// </summary>
    public DateTimeOffset? NoticeAfter => Review is { Outcome: ReviewOutcome.Wrong } ? null : Extension?.Act.Delay.Until ?? Terms.Notice?.Until;

    /// <summary>True while its review is overdue.</summary>
    public bool IsReviewOverdue(DateTimeOffset now) => ReviewDue is { } due && now >= due;

    /// <summary>Where it stands.</summary>
    public CaseState StateAt(DateTimeOffset now) => this switch
    {
        { IsOver: true } => CaseState.Closed,
        _ when now >= Terms.Expires => CaseState.Expired,
        { Releases.IsEmpty: false } => CaseState.Released,
        { IsApproved: true } => CaseState.Approved,
        _ => CaseState.Opened,
    };

    /// <summary>Nothing of its content.</summary>
    public override string ToString() => $"{nameof(Case)} {Id}";
}

/// <summary>An extension of the delay and who approved it.</summary>
/// <param name="Act">The proposal.</param>
/// <param name="Approvals">Different people.</param>
public sealed record NoticeExtension(ExtendAct Act, ImmutableArray<ApproveAct> Approvals);

/// <summary>Where a case stands.</summary>
public enum CaseState
{
    Opened,
    Approved,
    Released,
    Expired,
    Closed,
}
