using CsCheck;
using Gateway.Core.Legal;
using static Gateway.Core.Tests.Legal.TestCases;

namespace Gateway.Core.Tests.Legal;

/// <summary>Whatever people do in whatever order, nothing is released without what its ground demands. The oracle knows the acts alone.</summary>
public sealed class CaseBookPropertyTests
{
    private static readonly string[] s_ids = ["c1", "c2", "c3"];

    // Two of them share a key: one person with two names.
    private static readonly Person[] s_people = [Ann, Ben, Cid, new("ann-2", "spiffe://shop.example/staff/ann-2", Ann.Key)];

    private static readonly Gen<(int Kind, string Id, Person By, int Hours, Ground Ground, int Days, ReviewOutcome Outcome)> s_steps =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 2].Select(i => s_ids[i]), Gen.Int[0, 3].Select(i => s_people[i]), Gen.Int[0, 12], Gen.Enum<Ground>(), Gen.Int[1, 95], Gen.Enum<ReviewOutcome>());

    [Fact]
    public void AnySequence_OfActs_ReleasesOnlyWhatItsGroundDemands()
    {
        var (releases, extensions) = (0, 0);
        s_steps.Array[1, 150].Sample(
            steps =>
            {
                var book = Run(steps);
                Interlocked.Add(ref releases, book.Cases.Sum(c => c.Releases.Length));
                Interlocked.Add(ref extensions, book.Cases.Count(c => c.Extension is not null));
            },
            iter: 5000);

        releases.ShouldBeGreaterThan(100, "the sequences must reach what they are about");
        extensions.ShouldBeGreaterThan(100);
    }

    private static CaseBook Run((int Kind, string Id, Person By, int Hours, Ground Ground, int Days, ReviewOutcome Outcome)[] steps)
    {
        var book = CaseBook.Empty;
        var done = new List<CaseAct>();
        var now = Start;
        foreach (var step in steps)
        {
            now = now.AddHours(step.Hours);
            if (Act(book, step, now) is not { } act || book.Apply(act) is not { Book: { } next })
            {
                continue;
            }

            if (act is ReleaseAct release)
            {
                MayRelease(done, release).ShouldBeTrue();
            }

            if (act is ApproveAct { NoticeUntil: null } approve && GroundOf(done, approve.CaseId) == Ground.UrgentSafety)
            {
                Overdue(done, now).ShouldBeFalse();
            }

            book = next;
            done.Add(act);
            NoticeIsWithinTheLimits(book, done);
        }

        // The same acts give the same book: a store keeps nothing else.
        var again = CaseBook.Empty.With(done);
        again.Cases.Select(c => (c.StateAt(now), c.NoticeAfter, c.ReviewDue, c.Releases.Length))
            .ShouldBe(book.Cases.Select(c => (c.StateAt(now), c.NoticeAfter, c.ReviewDue, c.Releases.Length)));
        return book;
    }

    private static CaseAct? Act(CaseBook book, (int Kind, string Id, Person By, int Hours, Ground Ground, int Days, ReviewOutcome Outcome) step, DateTimeOffset now)
    {
        var ahead = now.AddDays(step.Days);
        if (step.Kind == 0)
        {
            var terms = Terms(step.Ground) with { Expires = ahead, Notice = step.Days % 2 == 0 ? new NoticeDelay(now.AddDays(step.Days / 2.0), "law") : null };
            return new OpenAct(step.Id, step.By, now, terms);
        }

        return book.Find(step.Id) is not { } legal ? null : step.Kind switch
        {
            <= 3 => new ApproveAct(step.Id, step.By, now, NoticeUntil: null),
            4 => new ApproveAct(step.Id, step.By, now, legal.Proposed?.Act.Delay.Until ?? ahead),
            // Within reach of an extension by half a day to some days.
            5 => new ExtendAct(step.Id, step.By, now, new NoticeDelay((legal.NoticeAfter ?? now).AddHours(step.Days), "law")),
            6 => new ReviewAct(step.Id, step.By, now, step.Outcome, "seen"),
            7 => step.Days > 80 ? new CloseAct(step.Id, step.By, now, "done") : null,
            _ => new ReleaseAct(step.Id, step.By, now, 1, ["r"], "passphrase"),
        };
    }

    private static bool MayRelease(List<CaseAct> done, ReleaseAct release)
    {
        var mine = done.Where(a => a.CaseId == release.CaseId).ToArray();
        var urgent = GroundOf(done, release.CaseId) == Ground.UrgentSafety;
        return Keys(mine.OfType<ApproveAct>().Where(a => a.NoticeUntil is null)) >= (urgent ? 1 : 2)
            && release.At < mine.OfType<OpenAct>().Single().Terms.Expires
            && !mine.OfType<CloseAct>().Any()
            && !mine.OfType<ReviewAct>().Any(r => r.Outcome == ReviewOutcome.Wrong)
            && !(urgent && Overdue(done, release.At));
    }

    private static bool Overdue(List<CaseAct> done, DateTimeOffset now) => done.OfType<ApproveAct>()
        .Where(a => a.NoticeUntil is null && GroundOf(done, a.CaseId) == Ground.UrgentSafety && now >= a.At.AddHours(24))
        .Any(a => !done.OfType<ReviewAct>().Any(r => r.CaseId == a.CaseId && r.By.Key != a.By.Key));

    private static void NoticeIsWithinTheLimits(CaseBook book, List<CaseAct> done)
    {
        foreach (var legal in book.Cases.Where(c => c.NoticeAfter is not null))
        {
            var asked = legal.Extension is { } extension ? extension.Act.At : legal.Opened.At;
            (legal.NoticeAfter - asked).ShouldNotBeNull().ShouldBeLessThanOrEqualTo(TimeSpan.FromDays(90));
            if (legal.Extension is { } inForce)
            {
                Keys(done.OfType<ApproveAct>().Where(a => a.CaseId == legal.Id && a.NoticeUntil == inForce.Act.Delay.Until && a.At >= inForce.Act.At))
                    .ShouldBeGreaterThanOrEqualTo(2);
            }
        }
    }

    private static int Keys(IEnumerable<ApproveAct> acts) => acts.Select(a => a.By.Key).Distinct(StringComparer.Ordinal).Count();

    private static Ground GroundOf(List<CaseAct> done, string id) => done.OfType<OpenAct>().Single(o => o.CaseId == id).Terms.Ground;
}
