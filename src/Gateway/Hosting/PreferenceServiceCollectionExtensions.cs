using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Stores.Sqlite.Preferences;
using Gateway.Stores.Sqlite.Source;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers what customers said about being written to.</summary>
internal static class PreferenceServiceCollectionExtensions
{
    /// <summary>Reads the shop's view, and keeps in this file what customers tell the gateway itself.</summary>
    public static IServiceCollection AddPreferences(this IServiceCollection services, string path)
    {
        services.AddSingleton<IPreferenceStore>(p => new SqlitePreferenceStore(
            path, p.GetRequiredService<MasterKey>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<SqlitePreferenceStore>>()));
        services.AddSingleton(p => new AllPreferences(
            new ShopPreferences(
                p.GetRequiredService<SqliteRecordSource>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<ShopPreferences>>()),
            p.GetRequiredService<IPreferenceStore>()));
        return services;
    }
}
