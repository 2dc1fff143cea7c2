using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Hosting;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Stores.Tiles;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the log's second place, where one is set.</summary>
internal static class LogMirrorServiceCollectionExtensions
{
    /// <summary>Before the log's tree, so that it is stopped after it.</summary>
    public static IServiceCollection AddLogMirror(this IServiceCollection services, GatewaySettings settings)
    {
        if (settings.LogMirror is { } folder)
        {
            services.AddSingleton(p => new SecondPlace(
                folder.FullName, p.GetRequiredService<StoreTiledLog>(), p.GetRequiredService<LogIdentity>(), settings.Data.Forgotten));
            services.AddSingleton<LogMirror>();
            services.AddHostedService(p => p.GetRequiredService<LogMirror>());
        }

        return services;
    }
}
