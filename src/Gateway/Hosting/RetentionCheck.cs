using System.Globalization;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Hosting;

/// <summary>Tells when entries are at hand for longer than they should be: storage limitation, GDPR Art. 5(1)(e). Somebody must archive them.</summary>
internal sealed class RetentionCheck(ILogReader log, GatewaySettings settings, TimeProvider clock) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (await log.ReadAsync(0, limit: 1, cancellationToken) is not [var oldest])
        {
            return HealthCheckResult.Healthy();
        }

        var since = Entry.Parser.ParseFrom(oldest.Bytes).Time.ToDateTimeOffset();
        var kept = clock.GetUtcNow().AddMonths(-settings.LogRetentionMonths);
        var told = string.Create(CultureInfo.InvariantCulture, $"entries since {since.UtcDateTime:yyyy-MM-dd} are at hand");
        return since < kept
            ? HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture, $"{told}, and {settings.LogRetentionMonths} months are kept: gateway log archive --before {kept.UtcDateTime:yyyy-MM-dd} DIR"))
            : HealthCheckResult.Healthy(told);
    }
}
