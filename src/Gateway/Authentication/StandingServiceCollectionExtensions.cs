using Gateway.Core.Identity;
using Gateway.Listeners;
using Gateway.Services;
using Gateway.Stores.Sqlite.Standing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the standing of partners and keys.</summary>
internal static class StandingServiceCollectionExtensions
{
    /// <summary>Keeps the standing in this file; what it holds is in force before the first connection.</summary>
    public static IServiceCollection AddStanding(this IServiceCollection services, string path)
    {
        services.AddSingleton<IStandingStore>(_ => new SqliteStandingStore(path));
        services.AddSingleton(p => new StandingHolder(Standing.Of(p.GetRequiredService<IStandingStore>().Load())));
        services.AddSingleton<StandingKeeper>();
        services.AddSingleton<PartnerReports>();
        return services;
    }
}
