using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Hosting;

/// <summary>Runs the log's indexer beside the calls.</summary>
internal sealed class IndexFollower(LogIndexer indexer) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => indexer.RunAsync(stoppingToken);
}
