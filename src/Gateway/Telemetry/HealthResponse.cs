using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Telemetry;

/// <summary>One check as the local listener tells it.</summary>
/// <param name="Name">Which.</param>
/// <param name="Status"><c>Healthy</c>, <c>Degraded</c> or <c>Unhealthy</c>.</param>
/// <param name="Detail">What the check says of itself; null where it says nothing.</param>
internal sealed record HealthCheck(string Name, string Status, string? Detail);

/// <summary>
/// The answer of <c>/healthz</c> and <c>/readyz</c>. Of each check only its own description: exceptions and data can hold connection
/// strings.
/// </summary>
/// <param name="Status">The worst of the checks.</param>
/// <param name="Checks">In order of their names.</param>
internal sealed record HealthResponse(string Status, IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>For <c>HealthCheckOptions.ResponseWriter</c>.</summary>
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.Headers.CacheControl = "no-store";
        var checks = report.Entries.OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => new HealthCheck(e.Key, e.Value.Status.ToString(), e.Value.Description));
        return context.Response.WriteAsJsonAsync(
            new HealthResponse(report.Status.ToString(), [.. checks]), JsonSerializerOptions.Web, context.RequestAborted);
    }
}
