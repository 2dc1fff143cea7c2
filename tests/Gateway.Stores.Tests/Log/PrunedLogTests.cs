using System.Globalization;
using System.Text;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log;

/// <summary>The front of the log goes where it was archived, and only there.</summary>
public sealed class PrunedLogTests : IDisposable
{
    private const int Leaves = 2_000;

    private readonly TemporaryFolder _folder = new();

    private string Path => _folder["log.db"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Prune_WhileLeavesArrive_LeavesTheRestGapless()
    {
        using (var log = Open())
        {
            await AppendAsync(log, Leaves);
            await log.PruneAsync(1_300);
            log.MinimumIndex.ShouldBe(1_300);
            await AppendAsync(log, 50);
            await EventuallyAsync(() => Count() == Leaves + 50 - 1_300);
        }

        using var again = Open();
        again.MinimumIndex.ShouldBe(1_300);
        again.Head.ShouldBe(Leaves + 50);
        using var reader = SqliteLogReader.Open(Path);
        var leaves = await reader.ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken);
        leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(1_300, Leaves + 50 - 1_300).Select(i => (long)i));
        leaves.ShouldAllBe(l => Encoding.UTF8.GetString(l.Bytes) == l.Index.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Prune_EndedInTheMiddle_GoesOnAtTheNextStart()
    {
        using (var log = Open())
        {
            await AppendAsync(log, Leaves);
        }

        Execute("INSERT INTO minimum VALUES (0, 1500); DELETE FROM leaf WHERE id < 100");
        using var again = Open();

        await EventuallyAsync(() => Count() == Leaves - 1_500);
    }

    [Fact]
    public async Task Prune_OfEverything_GoesOnAtTheNextIndex()
    {
        using (var log = Open())
        {
            await AppendAsync(log, 10);
            await log.PruneAsync(9);
            await EventuallyAsync(() => Count() == 1);
        }

        using var again = Open();
        await AppendAsync(again, 1);
        again.Head.ShouldBe(11);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await again.PruneAsync(11));
    }

    [Fact]
    public async Task Open_MoreRemovedThanWasPruned_IsRefused()
    {
        using (var log = Open())
        {
            await AppendAsync(log, 20);
            await log.PruneAsync(5);
            await EventuallyAsync(() => Count() == 15);
        }

        Execute("DELETE FROM leaf WHERE id = 5");

        Should.Throw<StoreException>(Open).Message.ShouldContain("does not begin with leaf 5");
    }

    private SqliteDisclosureLog Open() => SqliteDisclosureLog.Open(Path, new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance);

    private static Task AppendAsync(SqliteDisclosureLog log, int count)
    {
        var head = log.Head;
        return Task.WhenAll(Enumerable.Range(0, count).Select(
            i => log.AppendAsync(Encoding.UTF8.GetBytes((head + i).ToString(CultureInfo.InvariantCulture)), scope: null).AsTask()));
    }

    private long Count() => (long)Ask("SELECT count(*) FROM leaf");

    private void Execute(string sql) => Ask(sql + "; SELECT 0");

    private object Ask(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Texts of this test.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command.ExecuteScalar()!;
    }

    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
