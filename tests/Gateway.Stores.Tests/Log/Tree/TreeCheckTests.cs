using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Stores.Notes;

namespace Gateway.Stores.Tests.Log.Tree;

/// <summary>What a start makes of files that were changed, removed or put back.</summary>
public sealed class TreeCheckTests : IDisposable
{
    private readonly TreeScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(1300)]
    public async Task Start_AfterAWholeRun_HoldsAndGoesOn(int entries)
    {
        await _scene.RunAsync(entries);

        await _scene.RunAsync(3);

        using var running = await _scene.StartAsync();
        running.Feed.Latest.ShouldNotBeNull().Checkpoint.Head.ShouldBe(running.Tree.Head);
        running.Tree.Size.ShouldBe(entries + 3);
        await ShouldBeTheTreeOfTheLeavesAsync(running);
    }

    [Fact]
    public async Task Start_LogPutBackFromAnOlderCopy_RefusesAndSaysBothSizes()
    {
        await _scene.RunAsync(300);
        _scene.Copy("log.db", "older.db");
        await _scene.RunAsync(40);
        _scene.Copy("older.db", "log.db");

        var refused = await RefusedAsync();

        refused.ShouldContain("The log holds 300 entries");
        refused.ShouldContain("it held 340: entries 300 to 339 are missing");
        refused.ShouldContain("gateway log recover --data DIR --declare-loss");
    }

    [Fact]
    public async Task Start_LogDeleted_Refuses()
    {
        await _scene.RunAsync(10);
        _scene.Delete("log.db");

        (await RefusedAsync()).ShouldContain("The log holds 0 entries, but it held 10");
    }

    [Fact]
    public async Task Start_AllButTheCheckpointFilePutBack_Refuses()
    {
        await _scene.RunAsync(300);
        _scene.Copy("log.db", "older-log.db");
        _scene.Copy("tree.db", "older-tree.db");
        await _scene.RunAsync(40);
        _scene.Copy("older-log.db", "log.db");
        _scene.Copy("older-tree.db", "tree.db");

        (await RefusedAsync()).ShouldContain("it held 340");
    }

    // Files that were put back together tell nothing of what came after them: only a second place or a witness can.
    [Fact]
    public async Task Start_EverythingPutBack_IsNotNoticed()
    {
        await _scene.RunAsync(300);
        string[] files = ["log.db", "tree.db", "checkpoint"];
        files.ToList().ForEach(f => _scene.Copy(f, "older-" + f));
        await _scene.RunAsync(40);
        files.ToList().ForEach(f => _scene.Copy("older-" + f, f));

        using var running = await _scene.StartAsync();

        running.Tree.Size.ShouldBe(300);
    }

    [Fact]
    public async Task Start_LastLeafRemoved_Refuses()
    {
        await _scene.RunAsync(300);
        _scene.Edit("log.db", "DELETE FROM leaf WHERE id = 299");

        (await RefusedAsync()).ShouldContain("entries 299 to 299 are missing");
    }

    [Theory]
    [InlineData(299)]
    [InlineData(280)]
    [InlineData(3)]
    public async Task Start_LeafEdited_NamesIt(int index)
    {
        await _scene.RunAsync(300);
        _scene.Edit("log.db", $"UPDATE leaf SET bytes = zeroblob(length(bytes)) WHERE id = {index}");

        (await RefusedAsync()).ShouldContain($"entry {index} is not the one whose hash the log's tree holds");
    }

    [Fact]
    public async Task Start_LeafRemovedBeforeTheEnd_NamesIt()
    {
        await _scene.RunAsync(300);
        _scene.Edit("log.db", "DELETE FROM leaf WHERE id = 290");

        (await RefusedAsync()).ShouldContain("entry 290 is not the one");
    }

    [Fact]
    public async Task Start_TreeDeleted_IsMadeAnewAndCompared()
    {
        await _scene.RunAsync(600);
        _scene.Delete("tree.db");

        using var running = await _scene.StartAsync();

        running.Feed.Latest.ShouldNotBeNull().Checkpoint.Head.ShouldBe(running.Tree.Head);
        await ShouldBeTheTreeOfTheLeavesAsync(running);
    }

    [Fact]
    public async Task Start_TreeDeletedAndALeafEdited_Refuses()
    {
        await _scene.RunAsync(600);
        _scene.Delete("tree.db");
        _scene.Edit("log.db", "UPDATE leaf SET bytes = zeroblob(length(bytes)) WHERE id = 7");

        (await RefusedAsync()).ShouldContain("the tree of the first 600 entries is not the one that was signed");
    }

    [Theory]
    [InlineData("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 1", "is not the one that was signed")]
    [InlineData("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0 AND number = 2", "the first of the last entries that differs is 512")]
    [InlineData("DELETE FROM tile WHERE level = 1", "tile/1/000.p/2 is missing or too short")]
    [InlineData("DELETE FROM tile WHERE level = 0 AND number = 0", "entry 0 is not the one")]
    public async Task Start_TreeChanged_Refuses(string edit, string told)
    {
        await _scene.RunAsync(600);
        _scene.Edit("tree.db", edit);

        (await RefusedAsync()).ShouldContain(told);
    }

    [Theory]
    [InlineData("checkpoint of another log", "no key of this log has signed")]
    [InlineData("no note", "is no signed checkpoint")]
    public async Task Start_CheckpointFileChanged_Refuses(string with, string told)
    {
        await _scene.RunAsync(5);
        using var stranger = Ed25519Signer.Generate("other.example/log", NoteVerifier.Ed25519, _scene.Clock);
        var note = SignedNote.Sign(new Checkpoint("other.example/log", TreeHead.Empty).Text, [stranger]);
        await File.WriteAllTextAsync(_scene["checkpoint"], with == "no note" ? with : note.ToString(), TestContext.Current.CancellationToken);

        (await RefusedAsync()).ShouldContain(told);
    }

    [Fact]
    public async Task Start_CheckpointOfAFork_Refuses()
    {
        await _scene.RunAsync(5);
        using (var key = NoteKeyFile.Read(_scene["log.key"], _scene.Clock)[0])
        {
            var fork = new Checkpoint(key.Verifier.Name, new TreeHead(5, MerkleHash.OfLeaf([1])));
            await File.WriteAllTextAsync(_scene["checkpoint"], SignedNote.Sign(fork.Text, [key]).ToString(), TestContext.Current.CancellationToken);
        }

        (await RefusedAsync()).ShouldContain("the tree of the first 5 entries is not the one that was signed");
    }

    [Theory]
    [InlineData("checkpoint")]
    [InlineData("tree.db")]
    public async Task Start_KeyLost_RefusesAndMakesNone(string left)
    {
        await _scene.RunAsync(5);
        _scene.Delete(left == "checkpoint" ? "tree.db" : "checkpoint");
        File.Delete(_scene["log.key"]);

        (await RefusedAsync()).ShouldContain("Put the key back from its backup");
        File.Exists(_scene["log.key"]).ShouldBeFalse();
    }

    [Fact]
    public async Task Start_KeyReadableByOthers_Refuses()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "permissions of Unix");
        await _scene.RunAsync(5);
#pragma warning disable CA1416 // Skipped there.
        File.SetUnixFileMode(_scene["log.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
#pragma warning restore CA1416

        (await RefusedAsync()).ShouldContain("chmod 600");
    }

    private async Task<string> RefusedAsync() => (await Should.ThrowAsync<StoreException>(_scene.StartAsync)).Message;

    private static async Task ShouldBeTheTreeOfTheLeavesAsync(TreeScene.RunningTree running)
    {
        var tree = new TileTree();
        foreach (var leaf in await running.Reader.ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken))
        {
            tree.Append(MerkleHash.OfLeaf(leaf.Bytes), (_, _) => { });
        }

        (await new TreeReader(running.Tiles, tree.Size).RootAsync(TestContext.Current.CancellationToken)).ShouldBe(tree.Root);
    }
}
