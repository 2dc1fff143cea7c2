using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Witnessing;

/// <summary>What <c>/readyz</c> tells of the witnesses. Unhealthy only where they are required and too far behind.</summary>
internal sealed class WitnessCheck(Witnesses witnesses, WitnessRequirement requirement, TimeProvider clock) : IHealthCheck
{
    /// <summary>Lag from which on it is told.</summary>
    public static readonly TimeSpan TellLag = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = clock.GetUtcNow();
        var told = string.Join("; ", witnesses.All.Select(w => Tell(w, now)));
        return Task.FromResult(
            requirement.Unmet is { } unmet ? HealthCheckResult.Unhealthy($"{unmet}. {told}")
            : witnesses.All.Any(w => w.State is { Trouble: not null } or { Contradiction: not null } || w.State.Lag(now) > TellLag) ? HealthCheckResult.Degraded(told)
            : HealthCheckResult.Healthy(told));
    }

    private static string Tell(WitnessLink witness, DateTimeOffset now)
    {
        var state = witness.State;
        var lag = state.Lag(now);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{witness.Name}: {(state.Cosigned is { } last ? $"{last.Checkpoint.Head.Size} entries cosigned" : "nothing cosigned yet")}, {lag.TotalSeconds:0} s behind"
            + $"{(state.Contradiction is { } contradiction ? $", contradicts the log: {contradiction}" : state.Trouble is { } trouble ? $", it {trouble}" : "")}");
    }
}
