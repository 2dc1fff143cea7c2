using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Gateway.Core.Telemetry;

/// <summary>The one activity source and the one meter. Names are fixed: dashboards and alarms depend on them.</summary>
public static class GatewayTelemetry
{
    public const string Name = "Gateway";

    public static ActivitySource Source { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);
}
