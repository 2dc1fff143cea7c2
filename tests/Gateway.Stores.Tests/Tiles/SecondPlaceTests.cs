using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Verification;
using Gateway.Core.Tests.Log.Verification;
using Gateway.Stores.Erasure;
using Gateway.Stores.Tiles;

namespace Gateway.Stores.Tests.Tiles;

public sealed class SecondPlaceTests : IDisposable
{
    private static readonly SignedLog s_log = SignedLog.Of(600);
    private static readonly LogIdentity s_identity = new(SignedLog.Origin, [s_log.Signer]);

    private readonly TemporaryFolder _folder = new();

    public SecondPlaceTests() => Directory.CreateDirectory(_folder["second"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Check_OfALogThatGoesOn_Holds()
    {
        await Place(First(300)).CopyAsync(TestContext.Current.CancellationToken);

        await Place(s_log).CheckAsync(600, TestContext.Current.CancellationToken);
        await Place(First(300)).CheckAsync(300, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Check_OfALogThatWasPutBack_RefusesAndNamesTheGap()
    {
        await Place(s_log).CopyAsync(TestContext.Current.CancellationToken);

        var refused = await Should.ThrowAsync<StoreException>(() => Place(First(500)).CheckAsync(500, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("entries 500 to 599 are missing");
        refused.Message.ShouldContain("gateway log recover");
    }

    [Fact]
    public async Task Check_OfALogThatWasRewritten_Refuses()
    {
        await Place(First(300)).CopyAsync(TestContext.Current.CancellationToken);
        var rewritten = new SignedLog([.. s_log.Entries.Take(100), [1], .. s_log.Entries.Skip(101)], s_log.Signer);

        (await Should.ThrowAsync<StoreException>(() => Place(rewritten).CheckAsync(600, TestContext.Current.CancellationToken)))
            .Message.ShouldContain("does not go on from the 300 entries");
    }

    [Fact]
    public async Task Check_OfAnotherLogsPlace_Refuses()
    {
        var other = SignedLog.Of(10);
        await new TileCopy(other, _folder["second"], new LogTrust(other.Signer.Verifier)).RunAsync(TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<StoreException>(() => Place(s_log).CheckAsync(600, TestContext.Current.CancellationToken))).Message.ShouldContain("another log's");
    }

    [Fact]
    public async Task Copy_IntoAVolumeThatWasUnmounted_FailsAndWritesNothing()
    {
        var place = Place(First(300));
        await place.CopyAsync(TestContext.Current.CancellationToken);
        Directory.Move(_folder["second"], _folder["away"]);
        await Should.ThrowAsync<IOException>(async () => await place.CopyAsync(TestContext.Current.CancellationToken));
        Directory.CreateDirectory(_folder["second"]);

        await Should.ThrowAsync<IOException>(async () => await place.CopyAsync(TestContext.Current.CancellationToken));

        Directory.EnumerateFileSystemEntries(_folder["second"]).ShouldBeEmpty();
    }

    [Fact]
    public async Task Forgotten_OnEitherSide_AreOnBothInTheEnd()
    {
        var (one, two) = (new SubjectMark(new byte[16]), new SubjectMark([.. Enumerable.Repeat((byte)1, 16)]));
        new ForgottenFile(_folder["forgotten"]).Append([one]);
        await Place(s_log).CopyAsync(TestContext.Current.CancellationToken);
        new ForgottenFile(_folder["second/forgotten"]).Read().ShouldBe([one]);
        // The data folder is put back from before; another forget was only in the second place.
        File.Delete(_folder["forgotten"]);
        new ForgottenFile(_folder["second/forgotten"]).Append([two]);

        await Place(s_log).CheckAsync(600, TestContext.Current.CancellationToken);

        new ForgottenFile(_folder["forgotten"]).Read().ShouldBe([one, two], ignoreOrder: true);
    }

    private static SignedLog First(int size) => new([.. s_log.Entries.Take(size)], s_log.Signer);

    private SecondPlace Place(SignedLog log) => new(_folder["second"], log, s_identity, _folder["forgotten"]);
}
