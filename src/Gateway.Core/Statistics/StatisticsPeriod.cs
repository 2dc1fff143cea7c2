using System.Globalization;
using Gateway.Protos.Statistics.V1;

namespace Gateway.Core.Statistics;

/// <summary>What a contract's periods are.</summary>
public enum PeriodKind
{
    /// <summary>Calendar months.</summary>
    Month,

    /// <summary>ISO 8601 weeks.</summary>
    Week,
}

/// <summary>One calendar month or ISO 8601 week, UTC: one zone for all, so that no two periods of a kind ever overlap.</summary>
/// <param name="Kind">Month or week.</param>
/// <param name="From">Its first instant.</param>
/// <param name="Until">The first instant after it.</param>
public readonly record struct StatisticsPeriod(PeriodKind Kind, DateTimeOffset From, DateTimeOffset Until)
{
    private const int FirstYear = 2000;
    private const int LastYear = 2200;

    /// <summary>The period that a request names; null where there is none such.</summary>
    public static StatisticsPeriod? Of(GetStatisticsRequest request) => request.PeriodCase switch
    {
        GetStatisticsRequest.PeriodOneofCase.Month => OfMonth(request.Month.Year, request.Month.Month),
        GetStatisticsRequest.PeriodOneofCase.Week => OfWeek(request.Week.Year, request.Week.Week),
        _ => null,
    };

    /// <summary>A calendar month; null where there is none such.</summary>
    public static StatisticsPeriod? OfMonth(int year, int month) => year is < FirstYear or > LastYear || month is < 1 or > 12 ? null
        : new StatisticsPeriod(PeriodKind.Month, Day(new DateOnly(year, month, 1)), Day(new DateOnly(year, month, 1).AddMonths(1)));

    /// <summary>An ISO 8601 week; null where there is none such.</summary>
    public static StatisticsPeriod? OfWeek(int year, int week)
    {
        if (year is < FirstYear or > LastYear || week < 1 || week > ISOWeek.GetWeeksInYear(year))
        {
            return null;
        }

        var monday = DateOnly.FromDateTime(ISOWeek.ToDateTime(year, week, DayOfWeek.Monday));
        return new StatisticsPeriod(PeriodKind.Week, Day(monday), Day(monday.AddDays(7)));
    }

    /// <summary>True once nothing more can happen in it.</summary>
    public bool IsOver(DateTimeOffset now) => Until <= now;

    /// <summary>True where an instant lies in both.</summary>
    public bool Overlaps(StatisticsPeriod other) => From < other.Until && other.From < Until;

    /// <summary><c>2026-03</c> or <c>2026-W14</c>.</summary>
    public override string ToString() => Kind == PeriodKind.Month
        ? From.ToString("yyyy-MM", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(From.UtcDateTime):0000}-W{ISOWeek.GetWeekOfYear(From.UtcDateTime):00}");

    /// <summary>Puts the period into an answer.</summary>
    public void WriteTo(GetStatisticsResponse response)
    {
        if (Kind == PeriodKind.Month)
        {
            response.Month = new CalendarMonth { Year = From.Year, Month = From.Month };
        }
        else
        {
            response.Week = new IsoWeek { Year = ISOWeek.GetYear(From.UtcDateTime), Week = ISOWeek.GetWeekOfYear(From.UtcDateTime) };
        }
    }

    private static DateTimeOffset Day(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);
}
