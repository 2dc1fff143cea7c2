using System.Globalization;
using Gateway.Core.Telemetry;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Legal;

/// <summary>Raises the alarm, once for each, when the review of an urgent case is overdue, and tells of it as long as it is.</summary>
internal sealed partial class ReviewWatch(CaseDesk desk, TimeProvider clock, ILogger<ReviewWatch> logger) : BackgroundService, IHealthCheck
{
    private static readonly TimeSpan s_each = TimeSpan.FromMinutes(1);

    private readonly HashSet<string> _told = new(StringComparer.Ordinal);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var overdue = desk.Book.OverdueAt(clock.GetUtcNow()).Select(c => c.Id).ToArray();
        return Task.FromResult(overdue.Length == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"the review of {overdue.Length} urgent cases is overdue, and none is approved or released: gateway legal review {overdue[0]}")));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_each, clock);
        do
        {
            foreach (var legal in desk.Book.OverdueAt(clock.GetUtcNow()).Where(c => _told.Add(c.Id)))
            {
                Instruments.RaiseAlarm(AlarmKind.LegalReviewOverdue);
                Log.Overdue(logger, legal.Id);
            }
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1840, LogLevel.Error, "The review of the urgent case {Case} is overdue: no urgent case is approved or released until somebody else than its approver runs gateway legal review {Case}",
            EventName = "LegalReviewOverdue")]
        public static partial void Overdue(ILogger logger, string @case);
    }
}
