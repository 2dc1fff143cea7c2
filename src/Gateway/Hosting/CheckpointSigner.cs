using Gateway.Stores.Sqlite.Log.Tree;

namespace Gateway.Hosting;

/// <summary>Runs the log's tree beside the calls. Hosted services stop in reverse order: this one is added first, and signs what all others recorded.</summary>
internal sealed class CheckpointSigner(TreeFollower follower) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => follower.RunAsync(stoppingToken);
}
