using Gateway.Requests;
using Gateway.Stores.Sqlite.Requests;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers customers' requests.</summary>
internal static class RequestsServiceCollectionExtensions
{
    /// <summary>Keeps requests and notices in this file.</summary>
    public static IServiceCollection AddRequests(this IServiceCollection services, string requests)
    {
        services.AddSingleton(_ => SqliteRequestStore.Open(requests));
        services.AddSingleton(p => p.GetRequiredService<SqliteRequestStore>().Notices);
        services.AddSingleton<RequestDesk>();
        services.AddSingleton<PastReleases>();
        services.AddSingleton<RequestResolution>();
        services.AddSingleton<RequestClock>();
        services.AddHostedService(p => p.GetRequiredService<RequestClock>());
        return services;
    }
}
