namespace Gateway.Core.Requests;

/// <summary>
/// How long an answer may take, GDPR Art. 12(3): one calendar month, and two further ones where that is told within the first. Counted
/// from the opening each time: the same day and time of day, UTC, or that month's last day where it has no such day.
/// </summary>
public static class RequestDeadline
{
    /// <summary>Months by which the first one may be extended.</summary>
    public const int MostFurtherMonths = 2;

    /// <summary>The end of the first month.</summary>
    public static DateTimeOffset Of(DateTimeOffset opened) => After(opened, 1);

    /// <summary>The end after <paramref name="further"/> months more, 1 to <see cref="MostFurtherMonths"/>.</summary>
    public static DateTimeOffset Extended(DateTimeOffset opened, int further)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(further, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(further, MostFurtherMonths);
        return After(opened, 1 + further);
    }

    private static DateTimeOffset After(DateTimeOffset opened, int months) => opened.ToUniversalTime().AddMonths(months);
}
