using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Stores.Tiles;
using Google.Protobuf;

namespace Gateway.Stores.Tests.Log.Tree;

/// <summary>Logs that lost their end go on, and no checkpoint ever contradicts an earlier one.</summary>
public sealed class LogRecoveryTests : IDisposable
{
    private readonly TreeScene _scene = new();

    public void Dispose() => _scene.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("older copy", 300)]
    [InlineData("deleted", 0)]
    [InlineData("last removed", 339)]
    public async Task DeclareLoss_LogShorterThanItsCheckpoint_GoesOnBehindTheGap(string how, int head)
    {
        await LoseAsync(how);
        var before = await CheckpointAsync();

        (await RecoverAsync(second: null, declareLoss: true)).Lost.ShouldBe(new TreeRange(head, 340));

        await _scene.RunAsync(10);
        using var running = await _scene.StartAsync();
        running.Tree.Size.ShouldBe(351);
        var declared = (await running.Reader.ReadAsync(340, 1, Cancellation))[0];
        LogGap.LossBefore(declared).ShouldNotBeNull().Entries.ShouldBe(new TreeRange(head, 340));
        var act = Entry.Parser.ParseFrom(declared.Bytes).Administration;
        act.Checkpoint.ShouldBe(before.Text);
        act.Reason.ShouldBe("a test");
        await ShouldGoOnFromAsync(before, running);
        var bundle = EntryBundle.Read(await running.Tiles.ReadAsync(TiledResource.Entries(1, 95), Cancellation));
        bundle.Count.ShouldBe(95);
        bundle.Select((e, i) => (e.IsEmpty, Index: i + 256)).ShouldAllBe(e => e.IsEmpty == (e.Index >= head && e.Index < 340));
    }

    [Fact]
    public async Task DeclareLoss_TheTreeLostTheHashesToo_IsRefused()
    {
        await LoseAsync("older copy");
        _scene.Copy("older-tree.db", "tree.db");

        (await RefusedAsync(second: null, declareLoss: true)).ShouldContain("holds the hashes of 300 entries, but 340 were signed");
        await Should.ThrowAsync<StoreException>(_scene.StartAsync);
    }

    [Fact]
    public async Task DeclareLoss_NothingMissing_IsRefused()
    {
        await _scene.RunAsync(20);

        (await RefusedAsync(second: null, declareLoss: true)).ShouldContain("holds every entry");
    }

    [Fact]
    public async Task DeclareLoss_ALeafIsChangedBesides_IsRefused()
    {
        await LoseAsync("older copy");
        _scene.Edit("log.db", "UPDATE leaf SET bytes = zeroblob(length(bytes)) WHERE id = 290");

        (await RefusedAsync(second: null, declareLoss: true)).ShouldContain("Entry 290 is not the one");
    }

    [Fact]
    public async Task From_SecondPlaceHasAll_PutsEveryEntryBack()
    {
        await LoseAsync("older copy", "tiles");
        var before = await CheckpointAsync();

        var done = await RecoverAsync("tiles", declareLoss: false);

        done.ShouldBe(new RecoveredLog(40, null));
        await _scene.RunAsync(1);
        using var running = await _scene.StartAsync();
        running.Tree.Size.ShouldBe(342);
        var leaves = await running.Reader.ReadAsync(0, 1000, Cancellation);
        leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(0, 342).Select(i => (long)i));
        Entry.Parser.ParseFrom(leaves[340].Bytes).Administration.Action.ShouldBe("log.recover");
        Entry.Parser.ParseFrom(leaves[340].Bytes).Administration.Target.ShouldBe("300-339");
        foreach (var scope in leaves.Select(l => Entry.Parser.ParseFrom(l.Bytes).Scope).Where(s => !s.IsEmpty))
        {
            (await running.Reader.FindScopeAsync(scope.Memory, Cancellation)).ShouldNotBeNull();
        }

        await ShouldGoOnFromAsync(before, running);
    }

    // Everything here was put back, so only the second place knows what came after.
    [Theory]
    [InlineData("older copy")]
    [InlineData("deleted")]
    public async Task From_SecondPlaceIsNewerThanAllThatIsHere_PutsEveryEntryBack(string how)
    {
        await LoseAsync(how, "tiles");
        var before = await CheckpointAsync();
        _scene.Copy("older-tree.db", "tree.db");
        _scene.Copy("older-checkpoint", "checkpoint");

        (await RecoverAsync("tiles", declareLoss: false)).Restored.ShouldBe(how == "deleted" ? 340 : 40);

        using var running = await _scene.StartAsync();
        await ShouldGoOnFromAsync(before, running);
    }

    [Fact]
    public async Task From_ALossWasDeclaredBefore_FillsTheGap()
    {
        await LoseAsync("older copy", "tiles");
        var before = await CheckpointAsync();
        await RecoverAsync(second: null, declareLoss: true);
        await _scene.RunAsync(5);

        (await RecoverAsync("tiles", declareLoss: false)).ShouldBe(new RecoveredLog(40, null));

        using var running = await _scene.StartAsync();
        (await running.Reader.ReadAsync(0, 1000, Cancellation)).Count.ShouldBe(347);
        await ShouldGoOnFromAsync(before, running);
    }

    [Fact]
    public async Task From_SecondPlaceHasLess_NeedsTheRestToBeDeclared()
    {
        await LoseAsync("older copy", "tiles", copiedAt: 320);

        (await RefusedAsync("tiles", declareLoss: false)).ShouldContain("entries 320-339 stay missing");
        (await RecoverAsync("tiles", declareLoss: true)).ShouldBe(new RecoveredLog(20, new TreeRange(320, 340)));

        using var running = await _scene.StartAsync();
        running.Tree.Size.ShouldBe(342);
    }

    [Theory]
    [InlineData("entry changed")]
    [InlineData("another log")]
    [InlineData("empty")]
    public async Task From_SecondPlaceIsNotThisLog_ChangesNothing(string how)
    {
        await LoseAsync("older copy", "tiles");
        var bundle = _scene[Path.Combine("tiles", "tile", "entries", "001.p", "84")];
        switch (how)
        {
            case "entry changed":
                var bytes = await File.ReadAllBytesAsync(bundle, Cancellation);
                bytes[^1] ^= 1;
                await File.WriteAllBytesAsync(bundle, bytes, Cancellation);
                break;
            case "another log":
                using (var stranger = Ed25519Signer.Generate("other.example/log", NoteVerifier.Ed25519, _scene.Clock))
                {
                    var note = SignedNote.Sign(new Checkpoint("other.example/log", new TreeHead(340, MerkleHash.Empty)).Text, [stranger]);
                    await File.WriteAllBytesAsync(_scene[Path.Combine("tiles", "checkpoint")], note.ToBytes(), Cancellation);
                }

                break;
            default:
                Directory.Delete(_scene["tiles"], recursive: true);
                break;
        }

        (await RefusedAsync("tiles", declareLoss: false)).ShouldContain("Nothing was changed");

        using var reader = SqliteLogReader.Open(_scene["log.db"]);
        (await reader.GetHeadAsync(Cancellation)).ShouldBe(300);
    }

    /// <summary>340 entries are signed, and 300 were when copies were made; then the log is lost in some way.</summary>
    private async Task LoseAsync(string how, string? tiles = null, int copiedAt = 340)
    {
        await _scene.RunAsync(300);
        new[] { "log.db", "tree.db", "checkpoint" }.ToList().ForEach(f => _scene.Copy(f, "older-" + f));
        await _scene.RunAsync(copiedAt - 300);
        if (tiles is not null)
        {
            await ExportAsync(tiles);
        }

        await _scene.RunAsync(340 - copiedAt);
        switch (how)
        {
            case "older copy":
                _scene.Copy("older-log.db", "log.db");
                break;
            case "deleted":
                _scene.Delete("log.db");
                break;
            default:
                _scene.Edit("log.db", "DELETE FROM leaf WHERE id = 339");
                break;
        }
    }

    private async Task ExportAsync(string to)
    {
        using var running = await _scene.StartAsync();
        var scopes = (await running.Reader.ReadAsync(0, 1000, Cancellation)).Select(l => Entry.Parser.ParseFrom(l.Bytes).Scope).Where(s => !s.IsEmpty)
            .Distinct().Select(s => TiledResource.Scope(new MerkleHash(s.Span)));
        foreach (var resource in TiledResource.Between(0, running.Tree.Size).Concat(scopes).Append(TiledResource.Checkpoint))
        {
            var path = _scene[Path.Combine(to, resource.Path)];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, (await running.Tiles.ReadAsync(resource, Cancellation)).ShouldNotBeNull(resource.Path), Cancellation);
        }
    }

    private async Task<RecoveredLog> RecoverAsync(string? second, bool declareLoss)
    {
        using var tree = SqliteTree.Open(_scene["tree.db"]);
        var keys = NoteKeyFile.Read(_scene["log.key"], _scene.Clock);
        using var recovery = LogRecovery.Open(
            _scene["log.db"], tree, new CheckpointFile(_scene["checkpoint"]), new LogIdentity(keys[0].Verifier.Name, [.. keys]), others: []);
        return await recovery.RunAsync(second is null ? null : new FolderTiledLog(_scene[second]), declareLoss, Act, Cancellation);
    }

    private async Task<string> RefusedAsync(string? second, bool declareLoss) =>
        (await Should.ThrowAsync<StoreException>(() => RecoverAsync(second, declareLoss))).Message;

    private async Task<Checkpoint> CheckpointAsync()
    {
        SignedNote.TryParse(await File.ReadAllBytesAsync(_scene["checkpoint"], Cancellation), out var note).ShouldBeTrue();
        Checkpoint.TryParse(note!.Text, out var checkpoint).ShouldBeTrue();
        return checkpoint!;
    }

    private static async Task ShouldGoOnFromAsync(Checkpoint before, TreeScene.RunningTree running)
    {
        var head = running.Tree.Head;
        var proof = await new TreeReader(running.Tiles, head.Size).ConsistencyAsync(before.Head.Size, Cancellation);
        MerkleProof.IsConsistent(before.Head, head, proof).ShouldBeTrue();
    }

    private static Entry Act(string action, string target, string checkpoint) => new()
    {
        Receipt = ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true)),
        Kind = Kind.Administration,
        Administration = new Entry.Types.Administration { Actor = "break-glass:test", Action = action, Target = target, Reason = "a test", Checkpoint = checkpoint },
    };
}
