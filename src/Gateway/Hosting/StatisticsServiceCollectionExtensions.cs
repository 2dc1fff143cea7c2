using Gateway.Calls;
using Gateway.Configuration;
using Gateway.Core.Annotations;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Statistics;
using Gateway.Stores.Sqlite.Statistics;
using Gateway.Stores.Sqlite.Usage;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Statistics: their own source, what was given before, and the path of their calls.</summary>
internal static class StatisticsServiceCollectionExtensions
{
    public static IServiceCollection AddStatistics(this IServiceCollection services, GatewaySettings settings)
    {
        if (settings.Usage is { } usage)
        {
            services.AddSingleton<IUsageSource>(p => new SqliteUsageSource(
                usage, p.GetRequiredService<Catalogue>().Records.Values, p.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<IKeptTables>(_ => new SqliteKeptTables(settings.Data.Statistics));
        services.AddSingleton(p => new StatisticsCalls(
            p.GetRequiredService<Pipeline>(),
            p.GetRequiredService<Recorder>(),
            p.GetRequiredService<IKeptTables>(),
            p.GetRequiredService<MasterKey>().StatisticsNoiseKey,
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CountedCalls>();
        return services;
    }
}
