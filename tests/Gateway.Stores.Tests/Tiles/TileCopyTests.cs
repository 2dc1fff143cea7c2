using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Core.Tests.Log.Verification;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Tiles;

namespace Gateway.Stores.Tests.Tiles;

public sealed class TileCopyTests : IDisposable
{
    private static readonly SignedLog s_log = SignedLog.Of(1000);

    private readonly TemporaryFolder _folder = new();

    private string Copy => _folder["copy"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1000)]
    public async Task Copy_OfALog_IsWholeAndTheSameFileByFile(int size)
    {
        var log = First(size);

        await RunAsync(log);

        (await VerifyAsync()).IsWhole.ShouldBeTrue();
        Files().ShouldBe(log.Resources.Where(r => size > 0 || r.Kind != ResourceKind.Scope).Select(r => r.Path), ignoreOrder: true);
        foreach (var resource in log.Resources.Where(r => size > 0 || r.Kind != ResourceKind.Scope))
        {
            (await File.ReadAllBytesAsync(Path.Combine(Copy, resource.Path), TestContext.Current.CancellationToken)).ShouldBe(log[resource], resource.Path);
        }
    }

    [Fact]
    public async Task Copy_OfAGrowingLog_KeepsEveryCheckpointProvable()
    {
        int[] sizes = [0, 1, 2, 100, 255, 256, 257, 511, 513, 1000];
        foreach (var size in sizes)
        {
            await RunAsync(First(size));
            await RunAsync(First(size));
        }

        foreach (var size in sizes)
        {
            (await new TreeReader(new FolderTiledLog(Copy), size).RootAsync(TestContext.Current.CancellationToken)).ShouldBe(First(size).Checkpoint.Head.Root);
        }

        (await VerifyAsync()).IsWhole.ShouldBeTrue();
        Files().Where(f => f.StartsWith("tile/0/00", StringComparison.Ordinal) && f.Contains(".p/", StringComparison.Ordinal)).ShouldBe(["tile/0/003.p/232"]);
    }

    [Fact]
    public async Task Copy_StoppedAtAnyRead_LeavesAValidCopyAndGoesOn()
    {
        await RunAsync(First(700));
        var reads = new StoppingLog(s_log, int.MaxValue);
        await new TileCopy(reads, _folder["other"], Trust).RunAsync(TestContext.Current.CancellationToken);
        for (var stop = 0; stop < reads.Reads; stop++)
        {
            await Should.ThrowAsync<StoppedException>(async () =>
                await new TileCopy(new StoppingLog(s_log, stop), _folder[$"{stop}"], Trust).RunAsync(TestContext.Current.CancellationToken));
            await new TileCopy(s_log, _folder[$"{stop}"], Trust).RunAsync(TestContext.Current.CancellationToken);

            (await VerifyAsync(_folder[$"{stop}"])).IsWhole.ShouldBeTrue();
        }

        for (var stop = 0; stop < 5; stop++)
        {
            await Should.ThrowAsync<StoppedException>(async () =>
                await new TileCopy(new StoppingLog(s_log, stop), Copy, Trust).RunAsync(TestContext.Current.CancellationToken));

            var report = await VerifyAsync();
            report.IsWhole.ShouldBeTrue();
            report.Checkpoint!.Head.Size.ShouldBe(700);
        }
    }

    [Fact]
    public async Task Copy_WithWhatAKillLeftBehind_IsTheSame()
    {
        await RunAsync(First(700));
        foreach (var path in new[] { "checkpoint", "tile/0/002.p/255", "tile/0/003", "tile/entries/003.p/232" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Copy, path))!);
            await File.WriteAllBytesAsync(Path.Combine(Copy, path + ".new"), [1, 2, 3], TestContext.Current.CancellationToken);
        }

        await RunAsync(s_log);

        (await VerifyAsync()).IsWhole.ShouldBeTrue();
    }

    [Fact]
    public async Task Copy_IntoTheFolderOfAnotherLog_IsRefused()
    {
        await RunAsync(SignedLog.Of(10));

        (await RefusedAsync(s_log)).Message.ShouldContain("not trusted");
    }

    [Fact]
    public async Task Copy_IntoAFolderWithOtherThings_IsRefused()
    {
        Directory.CreateDirectory(Copy);
        await File.WriteAllTextAsync(Path.Combine(Copy, "letter.txt"), "", TestContext.Current.CancellationToken);

        (await RefusedAsync(s_log)).Message.ShouldContain("empty folder");
    }

    [Fact]
    public async Task Copy_OfALogThatWasRestored_IsRefused()
    {
        await RunAsync(s_log);

        (await RefusedAsync(First(900))).Index.ShouldBe(900);
        (await VerifyAsync()).Checkpoint!.Head.Size.ShouldBe(1000);
    }

    [Theory]
    [InlineData(650, 700)]
    [InlineData(100, 700)]
    [InlineData(699, 700)]
    public async Task Copy_OfALogThatWasRewritten_IsRefusedAndTheCopyStays(int index, int before)
    {
        await RunAsync(First(before));

        (await RefusedAsync(new SignedLog([.. s_log.Entries.Take(index), [7], .. s_log.Entries.Skip(index + 1)], s_log.Signer))).ShouldNotBeNull();
        var report = await VerifyAsync();
        report.IsWhole.ShouldBeTrue();
        report.Checkpoint!.Head.Size.ShouldBe(before);
        await RunAsync(s_log);
        (await VerifyAsync()).IsWhole.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(300)]
    [InlineData(999)]
    public async Task Copy_OfAnEntryThatWasChanged_IsRefusedAndNamesIt(int index) =>
        (await RefusedAsync(s_log.WithEntry(index, [1, 2, 3]))).Index.ShouldBe(index);

    [Fact]
    public async Task Copy_ThatWasDamaged_IsRefused()
    {
        await RunAsync(First(700));
        await File.WriteAllBytesAsync(Path.Combine(Copy, "tile/0/002.p/188"), new byte[188 * 32], TestContext.Current.CancellationToken);

        (await RefusedAsync(s_log)).Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task Copy_OfALogThatLostEntries_KeepsThem()
    {
        await RunAsync(First(700));

        await RunAsync(s_log.WithEntries([.. s_log.Entries.Select((e, i) => i is >= 600 and < 700 ? [] : e)]));

        var report = await VerifyAsync();
        report.IsWhole.ShouldBeTrue();
        report.Verified.ShouldBe(1000);
    }

    [Fact]
    public async Task Copy_OfAPrunedLog_HoldsWhatIsLeft()
    {
        var pruned = new TreeRange(0, 512);
        var log = SignedLog.Of(600, last: new Entry.Types.Administration { Action = LogGap.Archive, Target = LogGap.Target(pruned) });

        await RunAsync(log.With([.. new long[] { 0, 1 }.SelectMany(n => new[] { (TiledResource.Tile(0, n), (byte[]?)null), (TiledResource.Entries(n), null) })]));

        var report = await new LogVerification(new FolderTiledLog(Copy), new LogTrust(log.Signer.Verifier)).VerifyAsync(TestContext.Current.CancellationToken);
        report.IsWhole.ShouldBeTrue();
        report.Verified.ShouldBe(88);
    }

    [Fact]
    public async Task Copy_OfALogWithNewCosignatures_TakesThem()
    {
        await RunAsync(s_log);
        using var witness = Ed25519Signer.Generate("witness.example/w1", NoteVerifier.Cosignature, TimeProvider.System);
        var cosigned = SignedNote.Sign(s_log.Checkpoint.Text, [s_log.Signer, witness]).ToBytes();

        await RunAsync(s_log.With((TiledResource.Checkpoint, cosigned)));

        (await new FolderTiledLog(Copy).ReadAsync(TiledResource.Checkpoint, TestContext.Current.CancellationToken)).ShouldBe(cosigned);
    }

    private static LogTrust Trust => new(s_log.Signer.Verifier);

    private static SignedLog First(int size) => new([.. s_log.Entries.Take(size)], s_log.Signer);

    private async Task RunAsync(SignedLog log) =>
        (await new TileCopy(log, Copy, new LogTrust(log.Signer.Verifier)).RunAsync(TestContext.Current.CancellationToken)).ShouldBe(log.Checkpoint);

    private Task<TileCopyException> RefusedAsync(SignedLog log) => Should.ThrowAsync<TileCopyException>(async () =>
        await new TileCopy(log, Copy, new LogTrust(log.Signer.Verifier)).RunAsync(TestContext.Current.CancellationToken));

    private ValueTask<LogReport> VerifyAsync(string? folder = null) =>
        new LogVerification(new FolderTiledLog(folder ?? Copy), Trust).VerifyAsync(TestContext.Current.CancellationToken);

    private IEnumerable<string> Files() => Directory.EnumerateFiles(Copy, "*", SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Copy, f).Replace('\\', '/'));

    private sealed class StoppedException : Exception;

    /// <summary>A log that cannot be read any more after so many resources.</summary>
    private sealed class StoppingLog(ITiledLog log, int after) : ITiledLog
    {
        public int Reads { get; private set; }

        public ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) =>
            Reads++ < after ? log.ReadAsync(resource, cancellationToken) : throw new StoppedException();
    }
}
