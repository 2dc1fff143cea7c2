using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Minimisation;

/// <summary><c>year_only</c>.</summary>
internal static class YearStart
{
    private static readonly long s_first = new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long s_last = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero).ToUnixTimeSeconds();

    /// <summary>
    /// The first instant of the instant's year, UTC. Seconds outside the years 1 to 9999, which no valid Timestamp has, count as the
    /// nearest of them.
    /// </summary>
    public static Timestamp Of(Timestamp instant)
    {
        var year = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(instant.Seconds, s_first, s_last)).Year;
        return new Timestamp { Seconds = new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds() };
    }
}
