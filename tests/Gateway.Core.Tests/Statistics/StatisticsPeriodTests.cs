using Gateway.Core.Statistics;

namespace Gateway.Core.Tests.Statistics;

public sealed class StatisticsPeriodTests
{
    [Fact]
    public void Months_FollowOneAnotherWithoutGapOrOverlap()
    {
        var period = StatisticsPeriod.OfMonth(2023, 12)!.Value;
        foreach (var (year, month) in Enumerable.Range(0, 30).Select(i => (2024 + (i / 12), (i % 12) + 1)))
        {
            var next = StatisticsPeriod.OfMonth(year, month)!.Value;
            (next.From, period.Overlaps(next), next.ToString()).ShouldBe((period.Until, false, $"{year}-{month:00}"));
            period = next;
        }
    }

    [Theory]
    [InlineData(2020, 53, "2020-12-28", "2021-01-04", "2020-W53")]
    [InlineData(2021, 1, "2021-01-04", "2021-01-11", "2021-W01")]
    [InlineData(2026, 1, "2025-12-29", "2026-01-05", "2026-W01")]
    public void Weeks_AreThoseOfIso8601(int year, int week, string from, string until, string text)
    {
        var period = StatisticsPeriod.OfWeek(year, week)!.Value;

        $"{period.From:yyyy-MM-dd} {period.Until:yyyy-MM-dd} {period}".ShouldBe($"{from} {until} {text}");
        period.From.Offset.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData(2026, 0)]
    [InlineData(2026, 13)]
    [InlineData(1999, 1)]
    [InlineData(int.MaxValue, 1)]
    [InlineData(2026, int.MinValue)]
    public void Month_ThatIsNone_IsNone(int year, int month) => StatisticsPeriod.OfMonth(year, month).ShouldBeNull();

    [Theory]
    [InlineData(2026, 0)]
    [InlineData(2021, 53)]
    [InlineData(2201, 1)]
    public void Week_ThatIsNone_IsNone(int year, int week) => StatisticsPeriod.OfWeek(year, week).ShouldBeNull();

    [Fact]
    public void IsOver_AtItsLastInstant_IsNot()
    {
        var march = Tables.March;

        march.IsOver(march.Until.AddTicks(-1)).ShouldBeFalse();
        march.IsOver(march.Until).ShouldBeTrue();
        march.Overlaps(StatisticsPeriod.OfWeek(2026, 14)!.Value).ShouldBeTrue("the week has days of March and of April");
    }
}
