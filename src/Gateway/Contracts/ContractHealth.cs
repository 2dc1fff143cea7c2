using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Contracts;

/// <summary>
/// Tells readiness how the contracts stand. Files that are broken leave the gateway ready, on the last good revision, and are told as
/// degraded with every error.
/// </summary>
internal sealed class ContractHealth(ContractReloader reloader) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = reloader.Status;
        var inForce = $"revision {status.Revision} in force since {status.Since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
        return Task.FromResult(status.Errors.Count == 0
            ? HealthCheckResult.Healthy(inForce)
            : HealthCheckResult.Degraded($"{inForce}; what lies in the folder is not: {string.Join(" | ", status.Errors)}"));
    }
}
