using System.Collections.Immutable;

namespace Gateway.Core.Legal;

/// <summary>
/// All cases, and the rules by which an act changes them: a pure function of the acts in their order, whose times are their own. The same
/// acts give the same book, so a store keeps nothing but acts. Immutable.
/// </summary>
public sealed class CaseBook
{
    private readonly ImmutableSortedDictionary<string, Case> _cases;

    private CaseBook(ImmutableSortedDictionary<string, Case> cases) => _cases = cases;

    /// <summary>Without a case.</summary>
    public static CaseBook Empty { get; } = new(ImmutableSortedDictionary.Create<string, Case>(StringComparer.Ordinal));

    /// <summary>By id.</summary>
    public IEnumerable<Case> Cases => _cases.Values;

    /// <summary>The case of this id, or null.</summary>
    public Case? Find(string id) => _cases.GetValueOrDefault(id);

    /// <summary>Urgent cases whose review is overdue.</summary>
    public IEnumerable<Case> OverdueAt(DateTimeOffset now) => _cases.Values.Where(c => c.IsReviewOverdue(now));

    /// <summary>What the act makes of the book, or why a rule refuses it.</summary>
    /// <exception cref="KeyNotFoundException">It is about a case that is not in the book.</exception>
    public CaseOutcome Apply(CaseAct act)
    {
        if (act is OpenAct open)
        {
            return Open(open);
        }

        var legal = _cases[act.CaseId];
        return act switch
        {
            ApproveAct { NoticeUntil: { } until } approve => ApproveExtension(legal, approve, until),
            ApproveAct approve => Approve(legal, approve),
            ExtendAct extend => Extend(legal, extend),
            ReviewAct review => Review(legal, review),
            ReleaseAct release => Release(legal, release),
            CloseAct close => Close(legal, close),
            _ => throw new ArgumentException($"{act.GetType().Name} is no act of a case", nameof(act)),
        };
    }

    private CaseOutcome Open(OpenAct open) => open switch
    {
        _ when _cases.ContainsKey(open.CaseId) => CaseRefusal.CaseKnown,
        _ when !Within(open.Terms.Expires, open.At, CaseRules.LongestLife) => CaseRefusal.LifeTooLong,
        { Terms.Notice: { } notice } when !Within(notice.Until, open.At, CaseRules.LongestDelay) => CaseRefusal.DelayTooLong,
        _ => With(new Case(open)),
    };

    private CaseOutcome Approve(Case legal, ApproveAct approve) => legal switch
    {
        { IsOver: true } => CaseRefusal.CaseClosed,
        _ when approve.At >= legal.Terms.Expires => CaseRefusal.CaseExpired,
        { IsApproved: true } => CaseRefusal.ApprovedAlready,
        _ when HasActed(legal.Approvals, approve.By) => CaseRefusal.SamePerson,
        { IsUrgent: true } when OverdueAt(approve.At).Any() => CaseRefusal.ReviewOverdue,
        _ => With(legal with { Approvals = legal.Approvals.Add(approve) }),
    };

    private CaseOutcome Extend(Case legal, ExtendAct extend) => legal switch
    {
        { IsApproved: false } => CaseRefusal.NotApproved,
        { NoticeAfter: null } => CaseRefusal.NoDelay,
        { NoticeAfter: { } after } when extend.At >= after => CaseRefusal.NoticeGiven,
        { NoticeAfter: { } after } when extend.Delay.Until <= after => CaseRefusal.NotLater,
        _ when !Within(extend.Delay.Until, extend.At, CaseRules.LongestDelay) => CaseRefusal.DelayTooLong,
        // Whoever approves names the day: it must stand for one basis only.
        { Proposed.Act.Delay.Until: var until } when until == extend.Delay.Until => CaseRefusal.ProposedAlready,
        _ => With(legal with { Proposed = new NoticeExtension(extend, []) }),
    };

    private CaseOutcome ApproveExtension(Case legal, ApproveAct approve, DateTimeOffset until)
    {
        if (legal.Proposed is not { } proposed || proposed.Act.Delay.Until != until)
        {
            return CaseRefusal.NotProposed;
        }

        // In force only where all have approved before the delay in force ends: what the subjects could see is not hidden again.
        if (legal.NoticeAfter is not { } after || approve.At >= after)
        {
            return CaseRefusal.NoticeGiven;
        }

        if (HasActed(proposed.Approvals, approve.By))
        {
            return CaseRefusal.SamePerson;
        }

        var approved = proposed with { Approvals = proposed.Approvals.Add(approve) };
        // Two also where the case is urgent: a longer delay never is.
        return With(approved.Approvals.Length < CaseRules.Approvals
            ? legal with { Proposed = approved }
            : legal with { Proposed = null, Extension = approved });
    }

    private CaseOutcome Review(Case legal, ReviewAct review) => legal switch
    {
        { IsUrgent: false } => CaseRefusal.NotUrgent,
        { IsApproved: false } => CaseRefusal.NotApproved,
        { Review: not null } => CaseRefusal.ReviewedAlready,
        _ when HasActed(legal.Approvals, review.By) => CaseRefusal.SamePerson,
        _ => With(legal with { Review = review }),
    };

    private CaseOutcome Release(Case legal, ReleaseAct release) => legal switch
    {
        { IsOver: true } => CaseRefusal.CaseClosed,
        _ when release.At >= legal.Terms.Expires => CaseRefusal.CaseExpired,
        { IsApproved: false } => CaseRefusal.NotApproved,
        { IsUrgent: true } when OverdueAt(release.At).Any() => CaseRefusal.ReviewOverdue,
        { Terms.Recipient.Key: { } key } when key != release.SealedFor => CaseRefusal.WrongKey,
        _ => With(legal with { Releases = legal.Releases.Add(release) }),
    };

    private CaseOutcome Close(Case legal, CloseAct close) => legal switch
    {
        { IsOver: true } => CaseRefusal.CaseClosed,
        _ => With(legal with { Closed = close }),
    };

    private CaseOutcome With(Case legal) => new(new CaseBook(_cases.SetItem(legal.Id, legal)), legal);

    private static bool HasActed(ImmutableArray<ApproveAct> acts, Person person) => acts.Any(a => a.By.IsSameAs(person));

    private static bool Within(DateTimeOffset instant, DateTimeOffset from, TimeSpan most) => instant > from && instant <= from + most;
}

/// <summary>The book and the case after an act, or why a rule refused it.</summary>
public readonly record struct CaseOutcome
{
    internal CaseOutcome(CaseBook book, Case legal)
    {
        Book = book;
        Case = legal;
    }

    private CaseOutcome(CaseRefusal refusal) => Refusal = refusal;

    /// <summary>Null where a rule refused.</summary>
    public CaseBook? Book { get; }

    /// <summary>Null where a rule refused.</summary>
    public Case? Case { get; }

    /// <summary>Null where none did.</summary>
    public CaseRefusal? Refusal { get; }

    public static implicit operator CaseOutcome(CaseRefusal refusal) => new(refusal);
}
