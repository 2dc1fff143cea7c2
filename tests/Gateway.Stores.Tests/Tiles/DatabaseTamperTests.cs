using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Stores.Tests.Log;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Tiles;

/// <summary>Whoever can write the log's databases, and has not its key, is found: an edit of 1,000 entries, their scopes or their tree.</summary>
public sealed class DatabaseTamperTests : IClassFixture<DatabaseTamperTests.Databases>, IDisposable
{
    private const int Size = 1000;

    private readonly TemporaryFolder _folder = new();
    private readonly Ed25519Signer _signer;

    public DatabaseTamperTests(Databases whole)
    {
        _signer = whole.Signer;
        whole.CopyTo(_folder);
    }

    private string Log => _folder["log.db"];

    private string Tree => _folder["tree.db"];

    public static TheoryData<int> Indices => [0, 1, 255, 256, 767, 768, 998, 999];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Databases_Untouched_AreWhole()
    {
        var report = await VerifyAsync();

        report.IsWhole.ShouldBeTrue();
        report.Verified.ShouldBe(Size);
        report.NotSignedYet.ShouldBe(0);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Leaf_Edited_IsFoundAtItsIndex(int index)
    {
        Run(Log, $"UPDATE leaf SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'7f' AS BLOB) WHERE id = {index}");

        (await VerifyAsync()).Integrity.FirstBad.ShouldBe(index);
    }

    [Theory]
    [MemberData(nameof(Indices))]
    public async Task Leaf_Deleted_IsFoundAtItsIndex(int index)
    {
        Run(Log, $"DELETE FROM leaf WHERE id = {index}");

        (await VerifyAsync()).Completeness.FirstBad.ShouldBe(index);
    }

    [Theory]
    [InlineData(0, 999)]
    [InlineData(255, 256)]
    public async Task Leaves_Swapped_AreFoundAtBoth(int one, int other)
    {
        Run(Log, $"UPDATE leaf SET id = -1 WHERE id = {one}; UPDATE leaf SET id = {one} WHERE id = {other}; UPDATE leaf SET id = {other} WHERE id = -1");

        (await VerifyAsync()).Integrity.Faults.Select(f => f.Entries!.Value.Start).ShouldBe([one, other]);
    }

    [Theory]
    [InlineData(3, 500)]
    [InlineData(998, 999)]
    public async Task Leaf_WrittenOverWithACopy_IsFoundAtItsIndex(int from, int to)
    {
        Run(Log, $"UPDATE leaf SET bytes = (SELECT bytes FROM leaf WHERE id = {from}) WHERE id = {to}");

        (await VerifyAsync()).Integrity.FirstBad.ShouldBe(to);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    public async Task Leaves_DeletedAndTheRestMovedUp_AreFoundFromThere(int index)
    {
        Run(Log, $"DELETE FROM leaf WHERE id = {index}; UPDATE leaf SET id = -id WHERE id > {index}; UPDATE leaf SET id = -id - 1 WHERE id < 0");

        (await VerifyAsync()).Integrity.FirstBad.ShouldBe(index);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(999)]
    public async Task Log_Truncated_IsFoundByItsOwnTree(int size)
    {
        Run(Log, $"DELETE FROM leaf WHERE id >= {size}");

        (await VerifyAsync()).Completeness.FirstBad.ShouldBe(size);
    }

    [Fact]
    public async Task Scope_EditedOrDeleted_IsFound()
    {
        var whole = await VerifyAsync();
        Run(Log, "UPDATE scope SET bytes = CAST(bytes || x'00' AS BLOB) WHERE hash = (SELECT min(hash) FROM scope)");
        var edited = await VerifyAsync();
        Run(Log, "DELETE FROM scope");
        var deleted = await VerifyAsync();

        whole.IsWhole.ShouldBeTrue();
        edited.Integrity.FirstBad.ShouldNotBeNull();
        edited.Completeness.Holds.ShouldBeTrue();
        deleted.Completeness.FirstBad.ShouldNotBeNull();
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 1, 17)]
    [InlineData(0, 3, 231)]
    [InlineData(1, 0, 2)]
    public async Task Tile_Edited_IsFoundAtItsIndex(int level, int number, int place)
    {
        Run(Tree, $"""
            UPDATE tile SET hashes = CAST(substr(hashes, 1, {place * 32}) || zeroblob(32) || substr(hashes, {(place * 32) + 33}) AS BLOB) WHERE level = {level} AND number = {number}
            """);

        (await VerifyAsync()).Integrity.FirstBad.ShouldBe(((number * 256) + place) << (8 * level));
    }

    [Fact]
    public async Task Tile_Deleted_IsFound()
    {
        Run(Tree, "DELETE FROM tile WHERE level = 0 AND number = 1");

        (await VerifyAsync()).Completeness.FirstBad.ShouldBe(256);
    }

    [Fact]
    public async Task LeafAndTiles_EditedToAgree_AreFoundByTheSignedRoot()
    {
        Run(Log, "UPDATE leaf SET bytes = x'0a0b0c' WHERE id = 300");
        // The whole tree made anew from the changed log, under the checkpoint that was signed before.
        var signed = (byte[])Scalar(Tree, "SELECT note FROM checkpoint WHERE kind = 0")!;
        File.Delete(Tree);
        using (var reader = SqliteLogReader.Open(Log))
        using (var tree = SqliteTree.Open(Tree))
        {
            foreach (var leaf in await reader.ReadAsync(0, Size, TestContext.Current.CancellationToken))
            {
                tree.Append(MerkleHash.OfLeaf(leaf.Bytes));
            }

            SignedNote.TryParse(signed, out var note).ShouldBeTrue();
            tree.Commit(note);
        }

        var report = await VerifyAsync();

        report.Integrity.Faults.ShouldHaveSingleItem().What.ShouldContain("not with the signed root");
    }

    [Fact]
    public async Task Databases_PutBackTogether_AreFoundByAKeptCheckpoint()
    {
        SignedNote.TryParse((byte[])Scalar(Tree, "SELECT note FROM checkpoint WHERE kind = 0")!, out var kept).ShouldBeTrue();
        Checkpoint.TryParse(kept.Text, out var since).ShouldBeTrue();
        using (var reader = SqliteLogReader.Open(Log))
        {
            File.Delete(Tree);
            using var tree = SqliteTree.Open(Tree);
            foreach (var leaf in await reader.ReadAsync(0, 900, TestContext.Current.CancellationToken))
            {
                tree.Append(MerkleHash.OfLeaf(leaf.Bytes));
            }

            tree.Commit(new LogIdentity(_signer.Verifier.Name, [_signer]).Sign(tree.Head));
        }

        Run(Log, "DELETE FROM leaf WHERE id >= 900");

        (await VerifyAsync()).IsWhole.ShouldBeTrue("a copy of long ago agrees with itself");
        (await VerifyAsync(since)).Completeness.FirstBad.ShouldBe(900);
    }

    private async Task<LogReport> VerifyAsync(params Checkpoint[] since)
    {
        using var reader = SqliteLogReader.Open(Log);
        using var tree = SqliteTree.Open(Tree);
        return await new LogVerification(new StoreTiledLog(tree, reader), new LogTrust(_signer.Verifier))
        {
            Since = since,
            Head = await reader.GetHeadAsync(TestContext.Current.CancellationToken),
        }.VerifyAsync(TestContext.Current.CancellationToken);
    }

    private static void Run(string file, string sql) => Scalar(file, sql);

    private static object? Scalar(string file, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    /// <summary>The databases as they were written, made once: each entry waits for its sync.</summary>
    public sealed class Databases : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        public Ed25519Signer Signer { get; } = Ed25519Signer.Generate("log.shop.example", NoteVerifier.Ed25519, TimeProvider.System);

        public async ValueTask InitializeAsync()
        {
            using (var log = SqliteDisclosureLog.Open(_folder["log.db"], new SqliteLogOptions(), NullLogger<SqliteDisclosureLog>.Instance))
            {
                await new SampleEntries(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero)).AppendAsync(log, Size);
            }

            using var reader = SqliteLogReader.Open(_folder["log.db"]);
            using var tree = SqliteTree.Open(_folder["tree.db"]);
            foreach (var leaf in await reader.ReadAsync(0, Size, TestContext.Current.CancellationToken))
            {
                tree.Append(MerkleHash.OfLeaf(leaf.Bytes));
            }

            tree.Commit(new LogIdentity(Signer.Verifier.Name, [Signer]).Sign(tree.Head));
        }

        public ValueTask DisposeAsync()
        {
            Signer.Dispose();
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        internal void CopyTo(TemporaryFolder folder)
        {
            foreach (var name in new[] { "log.db", "log.db-wal", "tree.db", "tree.db-wal" }.Where(n => File.Exists(_folder[n])))
            {
                File.Copy(_folder[name], folder[name]);
            }
        }
    }
}
