using Gateway.Contracts;
using Gateway.Listeners;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Stores.Sqlite.Log.Tree;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Hosting;

/// <summary>What <c>/readyz</c> tells. Unhealthy: calls are refused. Degraded: they are answered, and somebody must look.</summary>
internal static class ReadinessChecks
{
    /// <summary>Entries by which the query index may be behind before it is told.</summary>
    public const long IndexLag = 10_000;

    /// <summary>Age of the oldest entry without a signed checkpoint from which on it is told.</summary>
    public static readonly TimeSpan CheckpointLag = TimeSpan.FromSeconds(30);

    /// <summary>Time for which the log's second place may be behind before it is told.</summary>
    public static readonly TimeSpan MirrorLag = TimeSpan.FromSeconds(15);

    public static IServiceCollection AddReadiness(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<LogCheck>("log")
            .AddCheck<SubjectKeyCheck>("subject-keys")
            .AddCheck<IndexCheck>("log-index")
            .AddCheck<CheckpointCheck>("log-checkpoints")
            .AddCheck<MirrorCheck>("log-mirror")
            .AddCheck<RetentionCheck>("log-retention")
            .AddCheck<Requests.RequestClock>("requests")
            .AddCheck<ContractHealth>("contracts")
            .AddCheck<CertificateCheck>("certificates");
        return services;
    }

    private static Task<HealthCheckResult> Unhealthy(string? trouble) =>
        Task.FromResult(trouble is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(trouble));

    private sealed class LogCheck(SqliteDisclosureLog log) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Unhealthy(log.Trouble);
    }

    private sealed class SubjectKeyCheck(SqliteSubjectKeys keys) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Unhealthy(keys.Trouble);
    }

    private sealed class IndexCheck(LogIndexer indexer) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var lag = await indexer.LagAsync(cancellationToken);
            var told = $"{lag.Entries} entries behind";
            return lag.Entries > IndexLag ? HealthCheckResult.Degraded(told) : HealthCheckResult.Healthy(told);
        }
    }

    private sealed class CheckpointCheck(TreeFollower follower) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (follower.Mismatch is { } mismatch)
            {
                return HealthCheckResult.Unhealthy(mismatch);
            }

            var lag = await follower.LagAsync(cancellationToken);
            return lag.Age > CheckpointLag
                ? HealthCheckResult.Degraded($"{lag.Entries} entries unsigned for {lag.Age.TotalSeconds:0} s; {follower.Trouble ?? "see the gateway's log"}")
                : HealthCheckResult.Healthy($"{lag.Entries} entries unsigned");
        }
    }

    private sealed class MirrorCheck(IEnumerable<LogMirror> mirrors) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            if (mirrors.FirstOrDefault() is not { } mirror)
            {
                return Task.FromResult(HealthCheckResult.Healthy("no second place is set"));
            }

            var told = $"{mirror.Lag} signed entries not in the second place";
            return Task.FromResult(mirror.Age > MirrorLag
                ? HealthCheckResult.Degraded($"{told} for {mirror.Age.TotalSeconds:0} s; {mirror.Trouble ?? "it is slow"}")
                : HealthCheckResult.Healthy(told));
        }
    }

    private sealed class CertificateCheck(CertificateFolder certificates) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(certificates.Problems is { Count: > 0 } problems
                ? HealthCheckResult.Degraded(string.Join("; ", problems))
                : HealthCheckResult.Healthy());
    }
}
