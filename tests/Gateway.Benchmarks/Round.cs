namespace Gateway.Benchmarks;

/// <summary>What one round of load measured.</summary>
/// <param name="CallsPerSecond">Answers a second.</param>
/// <param name="CpuPerCall">Processor time of the whole process a call, microseconds: the caller's too.</param>
/// <param name="Median">Of a call's time, milliseconds.</param>
/// <param name="P99">Of a call's time, milliseconds.</param>
internal readonly record struct Round(double CallsPerSecond, double CpuPerCall, double Median, double P99)
{
    /// <summary>The median of each figure on its own.</summary>
    public static Round MedianOf(IReadOnlyCollection<Round> rounds) => new(
        Middle(rounds.Select(r => r.CallsPerSecond)), Middle(rounds.Select(r => r.CpuPerCall)), Middle(rounds.Select(r => r.Median)),
        Middle(rounds.Select(r => r.P99)));

    private static double Middle(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
