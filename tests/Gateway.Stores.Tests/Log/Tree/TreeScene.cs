using Gateway.Core.Log.Notes;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Tree;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Stores.Tests.Log.Tree;

/// <summary>A data folder with a log and its tree, opened and closed as a gateway does.</summary>
internal sealed class TreeScene : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly LogKeyFile _keys;

    public TreeScene()
    {
        _keys = new LogKeyFile(_folder["log.key"], _folder["log.vkey"]);
        Clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    }

    public FakeTimeProvider Clock { get; }

    public string this[string file] => _folder[file];

    /// <summary>A start: opens everything, checks, and catches up.</summary>
    /// <exception cref="StoreException">The start is refused.</exception>
    public async Task<RunningTree> StartAsync()
    {
        var running = new RunningTree(this);
        try
        {
            await running.CheckAsync();
            return running;
        }
        catch
        {
            running.Dispose();
            throw;
        }
    }

    /// <summary>A whole run: appends so many entries, and stops, so that all of them are signed.</summary>
    public async Task RunAsync(int entries)
    {
        using var running = await StartAsync();
        await running.AppendAsync(entries);
        await running.StopAsync();
    }

    /// <summary>Copies the file, and what SQLite keeps beside it, out of or into the folder.</summary>
    public void Copy(string from, string to)
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(this[to + suffix]);
            if (File.Exists(this[from + suffix]))
            {
                File.Copy(this[from + suffix], this[to + suffix]);
            }
        }
    }

    public void Delete(string file) => new[] { "", "-wal", "-shm" }.ToList().ForEach(s => File.Delete(this[file + s]));

    /// <summary>Edits a database of the folder past the gateway.</summary>
    public void Edit(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={this[file]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery().ShouldBeGreaterThan(0);
    }

    public void Dispose() => _folder.Dispose();

    private LogIdentity Identity(SqliteTree tree, CheckpointFile file) =>
        _keys.OpenOrCreate(origin: null, file.Changed is not null ? file.Path : tree.Signed is not null ? tree.Path : null, Clock);

    /// <summary>What a gateway has open.</summary>
    internal sealed class RunningTree : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private Task? _following;

        public RunningTree(TreeScene scene)
        {
            Log = SqliteDisclosureLog.Open(scene["log.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);
            try
            {
                Reader = SqliteLogReader.Open(scene["log.db"]);
                Tree = SqliteTree.Open(scene["tree.db"]);
                File = new CheckpointFile(scene["checkpoint"]);
                Identity = scene.Identity(Tree, File);
            }
            catch
            {
                Dispose();
                throw;
            }

            Follower = new TreeFollower(Tree, Reader, Identity, File, Feed, scene.Clock, NullLogger<TreeFollower>.Instance);
        }

        public SqliteDisclosureLog Log { get; }

        public SqliteLogReader Reader { get; } = null!;

        public SqliteTree Tree { get; } = null!;

        public CheckpointFile File { get; } = null!;

        public LogIdentity Identity { get; } = null!;

        public CheckpointFeed Feed { get; } = new();

        public TreeFollower Follower { get; } = null!;

        public StoreTiledLog Tiles => new(Tree, Reader);

        public Task CheckAsync() => new TreeCheck(Tree, Reader, Identity, File, Feed).RunAsync(TestContext.Current.CancellationToken);

        public async Task AppendAsync(int entries) => await new SampleEntries(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)).AppendAsync(Log, entries);

        public void Follow() => _following = Follower.RunAsync(_stop.Token);

        /// <summary>Ends the follower, as a host that stops does.</summary>
        public async Task StopAsync()
        {
            if (_following is null)
            {
                Follow();
            }

            await _stop.CancelAsync();
            await _following!.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }

        public void Dispose()
        {
            _stop.Dispose();
            Tree?.Dispose();
            Reader?.Dispose();
            Log.Dispose();
        }
    }
}
