using System.Text;
using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log;

/// <summary>Refusals while the disk is full: kept, and in the log once when it can be written again.</summary>
public sealed class RefusalReserveTests
{
    private const int Room = 128 * 1024;

    [Fact]
    public async Task AppendRefusals_DiskFull_AreInTheLogOnceInOrderWhenThereIsSpace()
    {
        using var disk = new SmallDisk();
        using var log = Open(disk["log.db"]);
        await log.AppendAsync("before"u8.ToArray(), scope: null);
        await FillAsync(disk, log);
        var head = log.Head;

        for (var i = 0; i < 20; i++)
        {
            await log.AppendRefusalsAsync(Refusal(i));
        }

        await Should.ThrowAsync<LogUnavailableException>(async () => await log.AppendAsync(new byte[60_000], scope: null));
        log.Head.ShouldBe(head);
        log.Trouble.ShouldNotBeNull();
        disk.Free();
        await log.AppendAsync("after"u8.ToArray(), scope: null);
        await log.AppendAsync("later"u8.ToArray(), scope: null);

        (await TailAsync(disk["log.db"], head)).ShouldBe([.. Enumerable.Range(0, 20).Select(i => Encoding.ASCII.GetString(Refusal(i))), "after", "later"]);
        log.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task Trouble_SpaceComesBackAndNobodyAppends_EndsByItself()
    {
        using var disk = new SmallDisk();
        using var log = Open(disk["log.db"]);
        await FillAsync(disk, log);
        var head = log.Head;
        await log.AppendRefusalsAsync(Refusal(0));

        disk.Free();

        await UntilAsync(() => log.Trouble is null);
        log.Head.ShouldBe(head + 1);
    }

    [Fact]
    public async Task AppendRefusals_DiskFullTwice_EachRoundIsReplayedOnce()
    {
        using var disk = new SmallDisk();
        using var log = Open(disk["log.db"]);
        for (var round = 0; round < 3; round++)
        {
            await FillAsync(disk, log);
            var head = log.Head;
            // Fewer each time, so that records of the rounds before lie behind the new ones.
            for (var i = 0; i < 9 - (3 * round); i++)
            {
                await log.AppendRefusalsAsync(Refusal((10 * round) + i));
            }

            disk.Free();
            await UntilAsync(() => log.Trouble is null);
            (await TailAsync(disk["log.db"], head)).ShouldBe(Enumerable.Range(0, 9 - (3 * round)).Select(i => Encoding.ASCII.GetString(Refusal((10 * round) + i))));
        }
    }

    [Fact]
    public async Task Open_EndedWhileTheReserveHeldRefusals_AreReplayedOnce()
    {
        using var disk = new SmallDisk();
        long head;
        using (var log = Open(disk["log.db"]))
        {
            await FillAsync(disk, log);
            head = log.Head;
            await log.AppendRefusalsAsync(Refusal(1));
            await log.AppendRefusalsAsync(Refusal(2));
        }

        disk.Free();
        for (var start = 0; start < 3; start++)
        {
            using var log = Open(disk["log.db"]);
            await log.AppendAsync("start"u8.ToArray(), scope: null);
        }

        (await TailAsync(disk["log.db"], head)).ShouldBe(["refusal 0001", "refusal 0002", "start", "start", "start"], customMessage: "once, and first");
    }

    [Fact]
    public async Task AppendRefusals_ReserveFull_AreRefusedAndTheRestIsKept()
    {
        using var disk = new SmallDisk();
        using var log = Open(disk["log.db"]);
        await FillAsync(disk, log);
        var head = log.Head;
        var kept = 0;
        await Should.ThrowAsync<LogUnavailableException>(async () =>
        {
            for (; ; kept++)
            {
                await log.AppendRefusalsAsync(new byte[1000]);
            }
        });

        disk.Free();
        await UntilAsync(() => log.Trouble is null);

        kept.ShouldBe(Room / (1000 + 44));
        log.Head.ShouldBe(head + kept);
    }

    [Fact]
    public void Open_TornOrForeignRecords_AreBlankSpace()
    {
        using var folder = new TemporaryFolder();
        var path = folder["log.reserve"];
        using (var reserve = RefusalReserve.Open(path, Room, noted: 0))
        {
            reserve.TryWrite("one"u8).ShouldBeTrue();
            reserve.TryWrite("two"u8).ShouldBeTrue();
            reserve.TryWrite("three"u8).ShouldBeTrue();
            reserve.Sync();
        }

        var bytes = File.ReadAllBytes(path);
        bytes.Length.ShouldBe(Room);
        for (var at = 0; at < (3 * 44) + 11; at++)
        {
            var changed = (byte[])bytes.Clone();
            changed[at] ^= 0x40;
            File.WriteAllBytes(path, changed);
            using var reserve = RefusalReserve.Open(path, Room, noted: 0);
            // What came before the damage, and nothing from it on.
            reserve.Leaves.Count.ShouldBe(at < 47 ? 0 : at < 94 ? 1 : 2, $"byte {at}");
        }

        File.WriteAllBytes(path, bytes);
        using var noted = RefusalReserve.Open(path, Room, noted: 1);
        noted.Leaves.ShouldBeEmpty();
        noted.Round.ShouldBe(2);
    }

    [Fact]
    public void Open_NewFile_IsWrittenInFullAndForItsOwnerAlone()
    {
        using var folder = new TemporaryFolder();

        Open(folder["log.db"]).Dispose();

        new FileInfo(folder["log.reserve"]).Length.ShouldBe(Room);
        if (!OperatingSystem.IsWindows())
        {
            Directory.GetFiles(folder[""]).Select(File.GetUnixFileMode).ShouldAllBe(m => m == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    private static byte[] Refusal(int number) => Encoding.ASCII.GetBytes($"refusal {number:0000}");

    private static SqliteDisclosureLog Open(string path) =>
        SqliteDisclosureLog.Open(path, new SqliteLogOptions { ReserveBytes = Room }, NullLogger<SqliteDisclosureLog>.Instance);

    // A failed batch can leave room in the write-ahead log: full is when the smallest leaf finds none.
    private static async Task FillAsync(SmallDisk disk, SqliteDisclosureLog log)
    {
        disk.Fill();
        try
        {
            while (true)
            {
                await log.AppendAsync("filler"u8.ToArray(), scope: null);
            }
        }
        catch (LogUnavailableException)
        {
            // Full.
        }
    }

    private static async Task<string[]> TailAsync(string path, long from)
    {
        using var reader = SqliteLogReader.Open(path);
        var leaves = await reader.ReadAsync(from, int.MaxValue, TestContext.Current.CancellationToken);
        leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(0, leaves.Count).Select(i => from + i));
        return [.. leaves.Select(l => Encoding.ASCII.GetString(l.Bytes))];
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
