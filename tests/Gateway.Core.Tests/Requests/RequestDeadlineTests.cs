using CsCheck;
using Gateway.Core.Requests;

namespace Gateway.Core.Tests.Requests;

public sealed class RequestDeadlineTests
{
    [Theory]
    [InlineData("2026-03-05T09:30:00Z", "2026-04-05T09:30:00Z")]
    [InlineData("2026-01-31T09:30:00Z", "2026-02-28T09:30:00Z")]
    [InlineData("2028-01-31T09:30:00Z", "2028-02-29T09:30:00Z")]
    [InlineData("2100-01-30T00:00:00Z", "2100-02-28T00:00:00Z")]
    [InlineData("2026-08-31T23:59:59Z", "2026-09-30T23:59:59Z")]
    [InlineData("2026-12-31T12:00:00Z", "2027-01-31T12:00:00Z")]
    [InlineData("2026-02-28T12:00:00Z", "2026-03-28T12:00:00Z")]
    [InlineData("2026-03-01T00:30:00+02:00", "2026-03-28T22:30:00Z")]
    public void Of_ADay_IsTheSameDayOfTheNextMonthOrItsLast(string opened, string due) =>
        RequestDeadline.Of(At(opened)).ShouldBe(At(due));

    [Theory]
    [InlineData("2026-01-31T09:30:00Z", 1, "2026-03-31T09:30:00Z")]
    [InlineData("2026-01-31T09:30:00Z", 2, "2026-04-30T09:30:00Z")]
    [InlineData("2027-11-30T09:30:00Z", 2, "2028-02-29T09:30:00Z")]
    public void Extended_ByMonths_IsCountedFromTheOpening(string opened, int months, string due) =>
        RequestDeadline.Extended(At(opened), months).ShouldBe(At(due));

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Extended_ByMoreThanTwoMonths_IsNoDeadline(int months) =>
        Should.Throw<ArgumentOutOfRangeException>(() => RequestDeadline.Extended(At("2026-01-31T09:30:00Z"), months));

    [Fact]
    public void Of_AnyInstant_IsInTheNextMonthAndNotAfterItsSameDay() =>
        Gen.Long[At("1990-01-01T00:00:00Z").Ticks, At("2190-01-01T00:00:00Z").Ticks].Sample(ticks =>
        {
            var opened = new DateTimeOffset(ticks, TimeSpan.Zero);
            var (from, due) = (opened.UtcDateTime, RequestDeadline.Of(opened).UtcDateTime);
            var last = DateTime.DaysInMonth(due.Year, due.Month);
            ((due.Year * 12) + due.Month).ShouldBe((from.Year * 12) + from.Month + 1);
            due.Day.ShouldBe(Math.Min(from.Day, last));
            due.TimeOfDay.ShouldBe(from.TimeOfDay);
            (due - from).TotalDays.ShouldBeInRange(28, 31);
            RequestDeadline.Extended(opened, 1).ShouldBeGreaterThan(RequestDeadline.Of(opened));
            RequestDeadline.Extended(opened, 2).ShouldBeGreaterThan(RequestDeadline.Extended(opened, 1));
        });

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
