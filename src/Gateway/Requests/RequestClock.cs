using Gateway.Core.Requests;
using Gateway.Core.Telemetry;
using Gateway.Stores.Sqlite.Requests;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Requests;

/// <summary>
/// Looks each minute which requests should have been answered, and tells of each once a day; finishes what was cut short. The requests'
/// health follows from what it saw last.
/// </summary>
internal sealed partial class RequestClock(
    SqliteRequestStore store, RequestResolution resolution, TimeProvider clock, ILogger<RequestClock> logger) : BackgroundService, IHealthCheck
{
    /// <summary>Time between two looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, DateOnly> _told = [];
    private long _open;
    private long _overdue;
    private volatile bool _unusable;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var (open, overdue) = (Volatile.Read(ref _open), Volatile.Read(ref _overdue));
        return Task.FromResult(store.Trouble is { } trouble
            ? HealthCheckResult.Degraded($"requests of customers are refused: {trouble}")
            : overdue > 0
                ? HealthCheckResult.Degraded($"{overdue} requests of customers should have been answered: gateway requests list --overdue")
                : HealthCheckResult.Healthy($"{open} requests of customers are open"));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var open = Instruments.RequestsOpen.Add(() => Volatile.Read(ref _open));
        using var overdue = Instruments.RequestsOverdue.Add(() => Volatile.Read(ref _overdue));
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                store.Tend();
                await resolution.FinishErasuresAsync(stoppingToken);
                Look();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private void Look()
    {
        IReadOnlyList<CustomerRequest> open;
        try
        {
            open = store.List(overdueAt: null, includeEnded: false, Guid.Empty, int.MaxValue);
            _unusable = false;
        }
        catch (RequestsUnavailableException)
        {
            if (!_unusable)
            {
                _unusable = true;
                Log.Unusable(logger, store.Trouble ?? "");
            }

            return;
        }

        var now = clock.GetUtcNow();
        var overdue = open.Where(r => r.IsOverdue(now)).ToList();
        Volatile.Write(ref _open, open.Count);
        Volatile.Write(ref _overdue, overdue.Count);
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        foreach (var request in overdue.Where(r => _told.GetValueOrDefault(r.Id) != today))
        {
            _told[request.Id] = today;
            Instruments.RaiseAlarm(AlarmKind.RequestOverdue);
            Log.Overdue(logger, request.Id, request.Kind, request.Due);
        }

        foreach (var answered in _told.Keys.Except(overdue.Select(r => r.Id)).ToList())
        {
            _told.Remove(answered);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1821, LogLevel.Error,
            "The request {Request} ({Kind}) should have been answered by {Due:u}, GDPR Art. 12(3). Answer it: gateway requests show, gateway requests resolve.",
            EventName = "RequestOverdue")]
        public static partial void Overdue(ILogger logger, Guid request, RequestKind kind, DateTimeOffset due);

        [LoggerMessage(1822, LogLevel.Error,
            "The store of requests cannot be used: {Reason}. Requests of customers and notices to partners are refused until it can; all other calls are answered.",
            EventName = "RequestsUnusable")]
        public static partial void Unusable(ILogger logger, string reason);
    }
}
