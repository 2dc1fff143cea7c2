using Gateway.Core.Legal;
using static Gateway.Core.Tests.Legal.TestCases;

namespace Gateway.Core.Tests.Legal;

public sealed class CaseBookTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    [Fact]
    public void Release_ApprovedByTwo_GoesThroughMoreThanOnce()
    {
        var book = Book(Terms()).With(Approve(Ann, s_hour), Approve(Ben, s_hour), Release(Ann, 2 * s_hour), Release(Cid, 3 * s_hour));

        var legal = book.Find("c1")!;
        legal.Releases.Length.ShouldBe(2);
        legal.StateAt(Start + s_day).ShouldBe(CaseState.Released);
        legal.StateAt(Start + (30 * s_day)).ShouldBe(CaseState.Expired);
    }

    [Fact]
    public void Release_OneApproval_IsRefused() =>
        Book(Terms()).With(Approve(Ann, s_hour)).Apply(Release(Ann, 2 * s_hour)).Refusal.ShouldBe(CaseRefusal.NotApproved);

    [Theory]
    [InlineData("ann", "spiffe://shop.example/staff/other", "sha256:other")]
    [InlineData("other", "spiffe://shop.example/staff/ann", "sha256:other")]
    [InlineData("other", "spiffe://shop.example/staff/other", "sha256:ann")]
    public void Approve_SamePersonByIdNameOrKey_IsRefused(string id, string uri, string key) =>
        Book(Terms()).With(Approve(Ann, s_hour)).Apply(Approve(new Person(id, uri, key), s_hour)).Refusal.ShouldBe(CaseRefusal.SamePerson);

    [Fact]
    public void Act_ExpiredOrClosed_IsRefused()
    {
        var approved = Book(Terms()).With(Approve(Ann, s_hour), Approve(Ben, s_hour));

        approved.Apply(Release(Ann, 30 * s_day)).Refusal.ShouldBe(CaseRefusal.CaseExpired);
        Book(Terms()).Apply(Approve(Ann, 30 * s_day)).Refusal.ShouldBe(CaseRefusal.CaseExpired);
        var closed = approved.With(Close(Ann, s_day));
        closed.Apply(Release(Ann, s_day)).Refusal.ShouldBe(CaseRefusal.CaseClosed);
        closed.Apply(Approve(Cid, s_day)).Refusal.ShouldBe(CaseRefusal.CaseClosed);
        closed.Apply(Close(Ann, s_day)).Refusal.ShouldBe(CaseRefusal.CaseClosed);
        closed.Find("c1")!.StateAt(Start + s_day).ShouldBe(CaseState.Closed);
    }

    [Theory]
    [InlineData(0, null, CaseRefusal.LifeTooLong)]
    [InlineData(91, null, CaseRefusal.LifeTooLong)]
    [InlineData(30, 0, CaseRefusal.DelayTooLong)]
    [InlineData(30, 91, CaseRefusal.DelayTooLong)]
    public void Open_BeyondTheLimits_IsRefused(int life, int? delay, CaseRefusal why) =>
        CaseBook.Empty.Apply(Open(Terms(life: life * s_day, delay: delay * s_day))).Refusal.ShouldBe(why);

    [Fact]
    public void Open_KnownId_IsRefused() => Book(Terms()).Apply(Open(Terms())).Refusal.ShouldBe(CaseRefusal.CaseKnown);

    [Fact]
    public void Release_KeyNamed_IsForThatKeyOnly()
    {
        var book = Book(Terms(key: "sha256:court")).With(Approve(Ann, s_hour), Approve(Ben, s_hour));

        book.Apply(Release(Ann, s_day)).Refusal.ShouldBe(CaseRefusal.WrongKey);
        book.Apply(Release(Ann, s_day, sealedFor: "sha256:other")).Refusal.ShouldBe(CaseRefusal.WrongKey);
        book.Apply(Release(Ann, s_day, sealedFor: "sha256:court")).Refusal.ShouldBeNull();
    }

    [Fact]
    public void Urgent_OneApproval_ReleasesAndIsReviewedByAnother()
    {
        var book = Book(Terms(Ground.UrgentSafety)).With(Approve(Ann, s_hour), Release(Ann, 2 * s_hour));

        book.Find("c1")!.ReviewDue.ShouldBe(Start + s_hour + s_day);
        book.Apply(Review(Ann, 3 * s_hour)).Refusal.ShouldBe(CaseRefusal.SamePerson);
        book = book.With(Review(Ben, 3 * s_hour));
        book.Find("c1")!.ReviewDue.ShouldBeNull();
        book.Apply(Review(Cid, 3 * s_hour)).Refusal.ShouldBe(CaseRefusal.ReviewedAlready);
        book.Apply(Release(Ann, 10 * s_day)).Refusal.ShouldBeNull();
    }

    [Fact]
    public void Urgent_FoundWrong_IsClosedAndDelaysNoNotice()
    {
        var book = Book(Terms(Ground.UrgentSafety, delay: 20 * s_day)).With(Approve(Ann, s_hour), Review(Ben, 2 * s_hour, ReviewOutcome.Wrong));

        book.Apply(Release(Ann, 3 * s_hour)).Refusal.ShouldBe(CaseRefusal.CaseClosed);
        book.Find("c1")!.NoticeAfter.ShouldBeNull();
        book.Apply(Extend(Ann, 3 * s_hour, 30 * s_day)).Refusal.ShouldBe(CaseRefusal.NoDelay);
    }

    [Fact]
    public void Urgent_ReviewOverdue_StopsEveryUrgentCaseUntilReviewed()
    {
        var other = Open(Terms(Ground.UrgentSafety), "c2");
        var ordinary = Open(Terms(), "c3");
        var book = Book(Terms(Ground.UrgentSafety)).With(Approve(Ann, s_hour), other, ordinary);
        var late = (2 * s_day) + s_hour;

        book.Apply(Release(Ann, late)).Refusal.ShouldBe(CaseRefusal.ReviewOverdue);
        book.Apply(Approve(Ben, late, id: "c2")).Refusal.ShouldBe(CaseRefusal.ReviewOverdue);
        var before = book.With(Approve(Ben, s_hour, id: "c2"));
        before.Apply(Release(Ben, late, "c2")).Refusal.ShouldBe(CaseRefusal.ReviewOverdue);
        book.Apply(Approve(Ben, late, id: "c3")).Refusal.ShouldBeNull();
        book.With(Close(Ann, s_day)).OverdueAt(Start + late).ShouldHaveSingleItem("closing a case does not end its review");
        book.With(Review(Ben, late)).Apply(Approve(Ben, late, id: "c2")).Refusal.ShouldBeNull();
    }

    [Fact]
    public void Review_NotUrgentOrNotApproved_IsRefused()
    {
        Book(Terms()).Apply(Review(Ben, s_hour)).Refusal.ShouldBe(CaseRefusal.NotUrgent);
        Book(Terms(Ground.UrgentSafety)).Apply(Review(Ben, s_hour)).Refusal.ShouldBe(CaseRefusal.NotApproved);
    }

    [Fact]
    public void Extend_ApprovedByTwo_IsInForceAndNotBefore()
    {
        var until = Start + (80 * s_day);
        var book = Book(Terms(delay: 20 * s_day)).With(Approve(Ann, s_hour), Approve(Ben, s_hour), Extend(Ann, 2 * s_day, 80 * s_day));

        book = book.With(Approve(Ann, 2 * s_day, until));
        book.Find("c1")!.NoticeAfter.ShouldBe(Start + (20 * s_day));
        book.Apply(Approve(Ann, 2 * s_day, until)).Refusal.ShouldBe(CaseRefusal.SamePerson);
        book.Apply(Approve(Cid, 2 * s_day, until.AddDays(1))).Refusal.ShouldBe(CaseRefusal.NotProposed);
        book.Apply(Approve(Cid, 20 * s_day, until)).Refusal.ShouldBe(CaseRefusal.NoticeGiven);
        book = book.With(Approve(Cid, 3 * s_day, until));
        book.Find("c1")!.NoticeAfter.ShouldBe(until);
        book.Apply(Extend(Ann, 3 * s_day, 90 * s_day)).Refusal.ShouldBeNull("each extension counts from its own day");
    }

    [Fact]
    public void Extend_OutsideTheRules_IsRefused()
    {
        var approved = Book(Terms(delay: 20 * s_day)).With(Approve(Ann, s_hour), Approve(Ben, s_hour));

        Book(Terms(delay: 20 * s_day)).Apply(Extend(Ann, s_day, 30 * s_day)).Refusal.ShouldBe(CaseRefusal.NotApproved);
        Book(Terms()).With(Approve(Ann, s_hour), Approve(Ben, s_hour)).Apply(Extend(Ann, s_day, 30 * s_day)).Refusal.ShouldBe(CaseRefusal.NoDelay);
        approved.Apply(Extend(Ann, s_day, 20 * s_day)).Refusal.ShouldBe(CaseRefusal.NotLater);
        approved.Apply(Extend(Ann, s_day, 92 * s_day)).Refusal.ShouldBe(CaseRefusal.DelayTooLong);
        approved.Apply(Extend(Ann, 20 * s_day, 30 * s_day)).Refusal.ShouldBe(CaseRefusal.NoticeGiven);
        approved.With(Extend(Ann, s_day, 30 * s_day)).Apply(Extend(Ben, s_day, 30 * s_day, "another")).Refusal.ShouldBe(CaseRefusal.ProposedAlready);
        var replaced = approved.With(Extend(Ann, s_day, 30 * s_day), Approve(Ann, s_day, Start + (30 * s_day)), Extend(Ben, s_day, 31 * s_day));
        replaced.Find("c1")!.Proposed!.Approvals.ShouldBeEmpty("what was approved was another day");
    }

    [Fact]
    public void Refusals_Each_HasASentence() =>
        Enum.GetValues<CaseRefusal>().Select(r => r.Sentence()).Distinct(StringComparer.Ordinal).Count().ShouldBe(Enum.GetValues<CaseRefusal>().Length);

    [Fact]
    public void Refusal_ApprovedAlready_ByAThird() =>
        Book(Terms()).With(Approve(Ann, s_hour), Approve(Ben, s_hour)).Apply(Approve(Cid, s_hour)).Refusal.ShouldBe(CaseRefusal.ApprovedAlready);
}
