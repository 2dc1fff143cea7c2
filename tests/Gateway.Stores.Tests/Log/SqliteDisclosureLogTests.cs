using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log;

public sealed class SqliteDisclosureLogTests : DisclosureLogSpecification, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SqliteLogReader> _readers = [];
    private SqliteDisclosureLog? _log;

    public void Dispose()
    {
        _readers.ForEach(r => r.Dispose());
        _log?.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Open_WhileAnotherWriterHasIt_IsRefused()
    {
        using var first = Open(_folder["log.db"]);

        Should.Throw<StoreException>(() => Open(_folder["log.db"])).Message.ShouldContain("another gateway");
    }

    [Fact]
    public void Open_ForeignDatabase_IsRefused()
    {
        using (var shop = new SqliteConnection($"Data Source={_folder["shop.db"]};Pooling=false"))
        {
            shop.Open();
            using var command = shop.CreateCommand();
            command.CommandText = "CREATE TABLE orders (id TEXT)";
            command.ExecuteNonQuery();
        }

        Should.Throw<StoreException>(() => Open(_folder["shop.db"])).Message.ShouldContain("not a file of this gateway");
    }

    [Fact]
    public void Open_NoDatabase_IsRefused()
    {
        File.WriteAllText(_folder["log.db"], new string('x', 8192));

        Should.Throw<StoreException>(() => Open(_folder["log.db"])).Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task Open_FirstLeafRemoved_IsRefused()
    {
        await Reopen().AppendAsync("a"u8.ToArray(), scope: null);
        await Reopen().AppendAsync("b"u8.ToArray(), scope: null);
        _log!.Dispose();
        Execute("DELETE FROM leaf WHERE id = 0");

        Should.Throw<StoreException>(() => Open(_folder["log.db"])).Message.ShouldContain("leaves were removed");
    }

    [Fact]
    public async Task Append_QueueFull_IsRefusedBeforeAppending()
    {
        using var log = Open(_folder["small.db"], new SqliteLogOptions { QueueLeaves = 1 });
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(() => TryAppendAsync(log))));

        outcomes.ShouldContain(false);
        log.Head.ShouldBe(outcomes.Count(appended => appended));
        (await TryAppendAsync(log)).ShouldBeTrue();
    }

    [Fact]
    public async Task Append_RowWrittenByAnother_BreaksTheLogForGood()
    {
        using var log = Open(_folder["log.db"]);
        await log.AppendAsync("a"u8.ToArray(), scope: null);
        Execute("INSERT INTO leaf (id, bytes) VALUES (1, x'00')");

        (await TryAppendAsync(log)).ShouldBeFalse();

        log.Broken.IsCancellationRequested.ShouldBeTrue();
        log.Trouble.ShouldBe("another process has written to the file");
        Execute("DELETE FROM leaf WHERE id = 1");
        (await TryAppendAsync(log)).ShouldBeFalse();
        log.Head.ShouldBe(1);
    }

    [Fact]
    public async Task Append_Completed_GoesOnOffTheWriterThread()
    {
        using var log = Open(_folder["log.db"]);
        var threads = await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            await log.AppendAsync("leaf"u8.ToArray(), scope: null);
            return Thread.CurrentThread.Name;
        }));

        threads.ShouldAllBe(name => name != "disclosure log");
    }

    [Fact]
    public async Task Append_ReusedPromises_EachIsKeptOnce()
    {
        using var log = Open(_folder["log.db"]);
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => log.AppendAsync("leaf"u8.ToArray(), scope: null).AsTask()));
            log.Head.ShouldBe(32 * (round + 1));
        }
    }

    [Fact]
    public async Task Append_AfterClosing_IsRefused()
    {
        var log = Open(_folder["log.db"]);
        log.Dispose();

        await Should.ThrowAsync<LogUnavailableException>(async () => await log.AppendAsync("leaf"u8.ToArray(), scope: null));
    }

    protected override IDisclosureLog Reopen()
    {
        _log?.Dispose();
        return _log = Open(_folder["log.db"]);
    }

    protected override ILogReader Reader()
    {
        _readers.Add(SqliteLogReader.Open(_folder["log.db"]));
        return _readers[^1];
    }

    private static SqliteDisclosureLog Open(string path, SqliteLogOptions? options = null) =>
        SqliteDisclosureLog.Open(path, options ?? new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);

    private static async Task<bool> TryAppendAsync(SqliteDisclosureLog log)
    {
        try
        {
            await log.AppendAsync("leaf"u8.ToArray(), scope: null);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["log.db"]};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
