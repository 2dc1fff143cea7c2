using Gateway.Telemetry;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;

namespace Gateway.Hosting;

/// <summary>The local listener's request pipeline: <c>/healthz</c> (the process answers), <c>/readyz</c> (it can serve), <c>/metrics</c>.</summary>
internal static class LocalPipeline
{
    public static RequestDelegate Build(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            endpoints.MapHealthChecks("/healthz", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = HealthResponse.WriteAsync });
            endpoints.MapHealthChecks("/readyz", new HealthCheckOptions { ResponseWriter = HealthResponse.WriteAsync });
            endpoints.MapGatewayMetrics();
        });
        return app.Build();
    }
}
