using Gateway.Core.Log;
using Gateway.Stores.Sqlite;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;

namespace Gateway.Stores.Tests.Log;

public sealed class FullDiskTests
{
    [Fact]
    public async Task Append_DiskFull_RefusesWholeBatchesAndGoesOnWhenThereIsSpace()
    {
        using var disk = new SmallDisk();
        using var log = Open(disk["log.db"]);
        await log.AppendAsync(new byte[1000], scope: null);
        disk.Fill();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => TryAppendAsync(log, 60_000))));

        outcomes.ShouldContain(false);
        log.Trouble.ShouldBe("the disk is full; free space");
        log.Broken.IsCancellationRequested.ShouldBeFalse();
        disk.Free();
        (await TryAppendAsync(log, 1000)).ShouldBeTrue();
        log.Trouble.ShouldBeNull();
        log.Head.ShouldBe(2 + outcomes.Count(appended => appended));
        using var reader = SqliteLogReader.Open(disk["log.db"]);
        (await reader.ReadAsync(0, 1000, TestContext.Current.CancellationToken)).Select(l => l.Index)
            .ShouldBe(Enumerable.Range(0, (int)log.Head).Select(i => (long)i));
    }

    [Fact]
    public void Open_ReadOnlyDisk_IsRefused()
    {
        using var disk = new SmallDisk();
        Open(disk["log.db"]).Dispose();
        disk.MakeReadOnly();

        Should.Throw<StoreException>(() => Open(disk["log.db"])).Message.ShouldContain("read-only");
    }

    [Theory]
    [InlineData(raw.SQLITE_IOERR_FSYNC, true)]
    [InlineData(raw.SQLITE_IOERR_DIR_FSYNC, true)]
    [InlineData(raw.SQLITE_CORRUPT, true)]
    [InlineData(raw.SQLITE_ERROR, true)]
    [InlineData(raw.SQLITE_IOERR_WRITE, false)]
    [InlineData(raw.SQLITE_FULL, false)]
    [InlineData(raw.SQLITE_READONLY, false)]
    public void IsFatal_FailureOfSqlite_OnlyThoseThatMayPassAreNot(int extendedCode, bool fatal) =>
        SqliteFailure.IsFatal(new SqliteException("failed", extendedCode & 0xFF, extendedCode)).ShouldBe(fatal);

    [Fact]
    public void Begin_AfterAFailedSync_IsRefusedUntilTheFileIsOpenedAgain()
    {
        using var folder = new TemporaryFolder();
        using (var file = SqliteWriterFile.Open(folder["a.db"], 1, ""))
        {
            file.Abandon();

            SqliteFailure.IsFatal(Should.Throw<SqliteException>(file.Begin)).ShouldBeTrue();
        }

        using var again = SqliteWriterFile.Open(folder["a.db"], 1, "");
        again.Begin();
        again.Commit(0);
    }

    private static SqliteDisclosureLog Open(string path) =>
        SqliteDisclosureLog.Open(path, new SqliteLogOptions { ReserveBytes = 64 * 1024 }, NullLogger<SqliteDisclosureLog>.Instance);

    private static async Task<bool> TryAppendAsync(SqliteDisclosureLog log, int size)
    {
        try
        {
            await log.AppendAsync(new byte[size], scope: null);
            return true;
        }
        catch (LogUnavailableException)
        {
            return false;
        }
    }
}
