using System.Diagnostics;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;

namespace Gateway.Stores.Tests.Log.Tree;

public sealed class TreeFollowerTests : IDisposable
{
    private readonly TreeScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Run_LogGrows_SignsAtMostOnceASecond()
    {
        using var running = await _scene.StartAsync();
        running.Follow();
        var signed = new List<(DateTimeOffset Time, TreeHead Head)>();
        for (var step = 0; step < 30; step++)
        {
            await running.AppendAsync(7);
            await SettledAsync(running, () => _scene.Clock.Advance(TimeSpan.FromMilliseconds(250)));
            if (running.Feed.Latest is { } latest && (signed.Count == 0 || signed[^1].Head != latest.Checkpoint.Head))
            {
                signed.Add((_scene.Clock.GetUtcNow(), latest.Checkpoint.Head));
            }
        }

        signed.Count.ShouldBeGreaterThan(3);
        signed.Zip(signed.Skip(1)).ShouldAllBe(p => p.Second.Time - p.First.Time >= TimeSpan.FromSeconds(1));
        await running.StopAsync();
        running.Feed.Latest!.Checkpoint.Head.Size.ShouldBe(210);
    }

    [Fact]
    public async Task Stop_RightAfterACheckpoint_SignsTheRest()
    {
        using var running = await _scene.StartAsync();
        await running.AppendAsync(1);
        running.Follow();
        await running.Feed.AfterAsync(0, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        await running.AppendAsync(2500);

        await running.StopAsync();

        running.Feed.Latest!.Checkpoint.Head.Size.ShouldBe(2501);
        running.File.Read()!.Text.ShouldBe(running.Tree.Signed!.Text);
        (await running.Follower.LagAsync(TestContext.Current.CancellationToken)).Entries.ShouldBe(0);
    }

    [Fact]
    public async Task Run_TwoKeys_EachSignsAlone()
    {
        await _scene.RunAsync(3);
        using var second = Ed25519Signer.Generate(Stores.Notes.NoteKeyFile.Read(_scene["log.key"], _scene.Clock)[0].Verifier.Name, NoteVerifier.Ed25519, _scene.Clock);
        await File.AppendAllTextAsync(_scene["log.key"], second.ExportSecret() + "\n", TestContext.Current.CancellationToken);

        await _scene.RunAsync(3);

        SignedNote.TryParse(await File.ReadAllBytesAsync(_scene["checkpoint"], TestContext.Current.CancellationToken), out var note).ShouldBeTrue();
        var published = await File.ReadAllLinesAsync(_scene["log.vkey"], TestContext.Current.CancellationToken);
        published.Length.ShouldBe(2);
        foreach (var vkey in published)
        {
            NoteVerifier.TryParse(vkey, out var key).ShouldBeTrue();
            Checkpoint.Verified(note!, [key!]).ShouldNotBeNull().Head.Size.ShouldBe(6);
        }
    }

    [Theory]
    [InlineData("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND number = 2")]
    [InlineData("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 1")]
    [InlineData("DELETE FROM tile WHERE level = 1")]
    public async Task Run_TreeChangedUnderneath_SignsNothingMore(string edit)
    {
        using var alarms = new Alarms();
        using var running = await _scene.StartAsync();
        await running.AppendAsync(700);
        running.Follow();
        var signed = await running.Feed.AfterAsync(699, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience, TestContext.Current.CancellationToken);
        _scene.Edit("tree.db", edit);
        await running.AppendAsync(1);

        await running.StopAsync();

        running.Follower.Mismatch.ShouldNotBeNull();
        running.Feed.Latest.ShouldBe(signed);
        running.File.Read()!.Text.ShouldBe(signed.Note.Text);
        alarms.Has("log_mismatch").ShouldBeTrue();
    }

    [Fact]
    public async Task Run_LeafRemovedBeforeItWasHashed_SignsNothingAndSaysWhich()
    {
        using var running = await _scene.StartAsync();
        await running.AppendAsync(20);
        _scene.Edit("log.db", "DELETE FROM leaf WHERE id = 12");

        running.Follow();
        await EventuallyAsync(() => running.Follower.Mismatch is not null);

        running.Follower.Mismatch!.ShouldContain("entry 12 is not in the log");
        await running.StopAsync();
        running.Feed.Latest.ShouldBeNull();
        File.Exists(_scene["checkpoint"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Run_CheckpointFileCannotBeWritten_PublishesNothingUntilItCan()
    {
        using var running = await _scene.StartAsync();
        Directory.CreateDirectory(_scene["checkpoint"]);
        await running.AppendAsync(5);
        running.Follow();
        await EventuallyAsync(() => running.Follower.Trouble is not null);
        running.Feed.Latest.ShouldBeNull();

        Directory.Delete(_scene["checkpoint"]);
        await EventuallyAsync(() =>
        {
            _scene.Clock.Advance(TimeSpan.FromSeconds(1));
            return running.Feed.Latest is not null;
        });

        running.Follower.Trouble.ShouldBeNull();
        running.File.Read()!.Text.ShouldBe(running.Feed.Latest!.Checkpoint.Text);
        await running.StopAsync();
    }

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static async Task SettledAsync(TreeScene.RunningTree running, Action advance)
    {
        advance();
        // The follower works on the thread pool: give it the time to come to its next pause.
        await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            waited.Elapsed.ShouldBeLessThan(Patience);
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
