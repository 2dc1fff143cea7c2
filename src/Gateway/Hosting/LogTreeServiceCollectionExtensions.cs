using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Hosting;
using Gateway.Services;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Log.Tree;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the log's tree, its keys and its checkpoints.</summary>
internal static class LogTreeServiceCollectionExtensions
{
    /// <summary>Needs the log's reader beside it.</summary>
    public static IServiceCollection AddLogTree(this IServiceCollection services, GatewaySettings settings)
    {
        var data = settings.Data;
        services.AddSingleton(_ => SqliteTree.Open(data.LogTree));
        services.AddSingleton(new CheckpointFile(data.Checkpoint));
        services.AddSingleton(p => new LogKeyFile(data.LogKey, data.LogVerifierKeys).OpenOrCreate(
            settings.LogOrigin, SignedBefore(p.GetRequiredService<SqliteTree>(), p.GetRequiredService<CheckpointFile>()), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<CheckpointFeed>();
        services.AddSingleton<TreeCheck>();
        services.AddSingleton<TreeFollower>();
        services.AddSingleton<StoreTiledLog>();
        services.AddSingleton<TiledLogPages>();
        services.AddHostedService<CheckpointSigner>();
        return services;
    }

    private static string? SignedBefore(SqliteTree tree, CheckpointFile file) =>
        file.Changed is not null ? file.Path : tree.Signed is not null ? tree.Path : null;
}
