using CsCheck;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;

namespace Gateway.Core.Tests.Exchange;

public sealed class LimitsTests
{
    private static readonly DateOnly s_day = new(2026, 6, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50)]
    public void CallRate_HoldsOneSecondsWorth_ThenTellsWhenTheNextIsFree(int perSecond)
    {
        using var rate = new CallRate(perSecond);
        var taken = Enumerable.Range(0, perSecond).All(_ => rate.TryTake(out TimeSpan? _));

        // A slow machine may refill while this runs, so only what must hold at any speed is held here.
        taken.ShouldBeTrue();
        TimeSpan? after = null;
        for (var i = 0; i < 100_000 && rate.TryTake(out after); i++)
        {
        }

        after.ShouldNotBeNull();
        after.Value.ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void CallRate_WithoutALimit_NeverRefuses()
    {
        using var rate = new CallRate(null);

        Enumerable.Range(0, 10_000).All(_ => rate.TryTake(out TimeSpan? _)).ShouldBeTrue();
    }

    [Fact]
    public void Quota_APageOverTheLimit_ReservesNothing()
    {
        var quota = new SubjectQuota();
        quota.TryReserve(s_day, Subjects(1, 2), limit: 3).ShouldBeTrue();

        quota.TryReserve(s_day, Subjects(2, 3, 4), limit: 3).ShouldBeFalse();
        quota.Used(s_day).ShouldBe(2);
        quota.TryReserve(s_day, Subjects(1, 2, 3, 3), limit: 3).ShouldBeTrue();
        quota.Used(s_day).ShouldBe(3);
    }

    [Fact]
    public void Quota_Midnight_BeginsAnew()
    {
        var quota = new SubjectQuota();
        quota.TryReserve(s_day, Subjects(1), limit: 1);

        quota.TryReserve(s_day.AddDays(1), Subjects(2), limit: 1).ShouldBeTrue();
        quota.Used(s_day).ShouldBe(0);
    }

    [Fact]
    public void Quota_ClockStepsBackOverMidnight_OpensNoDayAnew()
    {
        var quota = new SubjectQuota();
        quota.TryReserve(s_day, Subjects(1), limit: 1);

        quota.TryReserve(s_day.AddDays(-1), Subjects(2), limit: 1).ShouldBeFalse();
        quota.TryReserve(s_day, Subjects(2), limit: 1).ShouldBeFalse();
    }

    [Fact]
    public void Quota_AnySequence_AgreesWithASetOfTheDay() =>
        Gen.Select(Gen.Int[0, 6], Gen.Select(Gen.Int[0, 2], Gen.Int[0, 12].Array[0, 5]).Array[0, 30]).Sample((limit, calls) =>
        {
            var quota = new SubjectQuota();
            var model = new HashSet<int>();
            var day = s_day;
            foreach (var (days, subjects) in calls)
            {
                if (days > 0)
                {
                    day = day.AddDays(days);
                    model.Clear();
                }

                var fits = model.Union(subjects).Count() <= limit;
                if (fits)
                {
                    model.UnionWith(subjects);
                }

                if (quota.TryReserve(day, Subjects(subjects), limit) != fits || quota.Used(day) != model.Count)
                {
                    return false;
                }
            }

            return true;
        });

    [Fact]
    public void Quota_ManyAtOnce_NeverPassTheLimit()
    {
        var quota = new SubjectQuota();

        Parallel.For(0, 1000, i => quota.TryReserve(s_day, Subjects(2 * i, (2 * i) + 1), limit: 101));

        quota.Used(s_day).ShouldBe(100);
    }

    [Fact]
    public void Misses_OverTheThreshold_TellExactlyOnceAMinute()
    {
        var misses = new MissCounter();
        var now = ExchangeScene.Start;

        Enumerable.Range(0, 10).Select(_ => misses.Passes(1, 3, now)).ShouldBe([false, false, false, true, false, false, false, false, false, false]);
        misses.Passes(4, 3, now.AddMinutes(1)).ShouldBeTrue();
        misses.Passes(3, 3, now.AddMinutes(2)).ShouldBeFalse();
    }

    [Fact]
    public void Window_RowsOfRefusals_CountOnAcrossFullSecondsAndEndWithAPause()
    {
        var window = new RefusalWindow();
        var now = ExchangeScene.Start;

        Enumerable.Range(0, 5).Select(_ => window.Count(now, 3)).ShouldBe([0, 0, 0, 1, 2]);
        Enumerable.Range(0, 5).Select(_ => window.Count(now.AddSeconds(1), 3)).ShouldBe([0, 0, 0, 3, 4]);
        Enumerable.Range(0, 3).Select(_ => window.Count(now.AddSeconds(2), 3)).ShouldBe([0, 0, 0]);
        Enumerable.Range(0, 4).Select(_ => window.Count(now.AddSeconds(3), 3)).ShouldBe([0, 0, 0, 1]);
        Enumerable.Range(0, 4).Select(_ => window.Count(now.AddSeconds(9), 3)).ShouldBe([0, 0, 0, 1]);
    }

    private static Pseudonym[] Subjects(params int[] numbers) => [.. numbers.Select(n =>
    {
        var bytes = new byte[SubjectKey.PseudonymSize];
        BitConverter.TryWriteBytes(bytes, n);
        return new Pseudonym(bytes);
    })];
}
