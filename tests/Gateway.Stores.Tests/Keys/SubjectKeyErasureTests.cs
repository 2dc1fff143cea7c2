using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Keys;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Keys;

public sealed class SubjectKeyErasureTests : IDisposable
{
    private readonly KeyStoreFile _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Destroy_KnownSubject_IsForgottenAndReturnsUnderAnotherKey()
    {
        SubjectKey first;
        SubjectKey second;
        using (var keys = _store.Open())
        {
            first = await keys.GetOrAddAsync("customer-1");
            var other = await keys.GetOrAddAsync("customer-2");

            var destroyed = await keys.DestroyAsync([first.Mark]);

            destroyed.Subjects.ShouldBe([first.Mark]);
            destroyed.Traces.ShouldBeNull();
            keys.Cached.ShouldBe(1);
            (await keys.FindAsync("customer-1")).ShouldBeNull();
            (await keys.FindIdentityAsync(first.Pseudonym)).ShouldBeNull();
            (await keys.FindIdentityAsync(other.Pseudonym)).ShouldBe(new SubjectIdentity("customer-2"));
            second = await keys.GetOrAddAsync("customer-1");
            second.Pseudonym.ShouldNotBe(first.Pseudonym);
            second.Mark.ShouldNotBe(first.Mark);
        }

        using var again = _store.Open();
        (await again.FindAsync("customer-1"))!.Pseudonym.ShouldBe(second.Pseudonym);
        (await again.FindIdentityAsync(second.Pseudonym)).ShouldBe(new SubjectIdentity("customer-1"));
    }

    [Fact]
    public async Task Destroy_UnknownMarkOrAPseudonymsBytes_DestroysNothing()
    {
        using var keys = _store.Open();
        var known = (await keys.GetOrAddAsync("customer-1")).Pseudonym;

        SubjectMark.TryParse(known.ToString(), out var none).ShouldBeTrue();

        (await keys.DestroyAsync([new SubjectMark(new byte[16]), none])).Subjects.ShouldBeEmpty();

        (await keys.FindAsync("customer-1"))!.Pseudonym.ShouldBe(known);
    }

    [Fact]
    public async Task Destroy_OneByOne_LeavesNothingInAnyFile()
    {
        using var keys = _store.Open();
        var subjects = await keys.GetOrAddAsync([.. Enumerable.Range(0, 4000).Select(i => $"customer-{i}")]);
        var rows = _store.Rows();
        var gone = subjects.Where((_, i) => i % 20 == 0).Select(k => k.Mark).ToArray();
        foreach (var one in gone)
        {
            (await keys.DestroyAsync([one])).Traces.ShouldBeNull();
        }

        _store.CountIn(gone.SelectMany(g => rows[g.ToString()])).ShouldBe(0);
        _store.Rows().Count.ShouldBe(3800);
        _store.CountIn(_store.Rows().Values.SelectMany(r => r)).ShouldBe(3800 * 5, "those that stay are found, so looking works");
        _store.Run("SELECT count(*) FROM unwiped").ShouldBe(0L);
    }

    [Fact]
    public async Task Destroy_CopiesInUnusedPartsOfTheFile_AreFoundAndGoneToo()
    {
        using var keys = _store.Open();
        var subject = (await keys.GetOrAddAsync("customer-1")).Mark;
        await keys.GetOrAddAsync("customer-2");
        var row = _store.Rows()[subject.ToString()];
        // What pages look like after rows have moved between them: secure_delete overwrites a row only where it stood last.
        _store.Run("PRAGMA secure_delete = OFF; CREATE TABLE moved AS SELECT * FROM subject_key; DROP TABLE moved");
        (await keys.DestroyAsync([new SubjectMark(new byte[16])])).Subjects.ShouldBeEmpty();
        _store.CountIn(row).ShouldBe(5);

        (await keys.DestroyAsync([subject])).Traces.ShouldBeNull();

        _store.CountIn(row).ShouldBe(0);
        (await keys.FindAsync("customer-2")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Destroy_ManyAtOnce_LeavesNothingInAnyFile()
    {
        using var keys = _store.Open();
        var subjects = await keys.GetOrAddAsync([.. Enumerable.Range(0, 2000).Select(i => $"customer-{i}")]);
        var rows = _store.Rows();
        var gone = subjects.Take(500).Select(k => k.Mark).ToArray();

        (await keys.DestroyAsync(gone)).Subjects.Count.ShouldBe(500);

        _store.CountIn(gone.SelectMany(g => rows[g.ToString()])).ShouldBe(0);
        _store.Rows().Count.ShouldBe(1500);
    }

    [Fact]
    public async Task Destroy_WhileAnotherProcessReads_SaysSoAndWipesNextTime()
    {
        using var keys = _store.Open();
        var first = (await keys.GetOrAddAsync("customer-1")).Mark;
        var second = (await keys.GetOrAddAsync("customer-2")).Mark;
        var rows = _store.Rows();
        DestroyedKeys destroyed;
        using (var reader = _store.Connect())
        {
            using var transaction = reader.BeginTransaction(deferred: true);
            using var command = reader.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = "SELECT count(*) FROM subject_key";
            command.ExecuteScalar();

            destroyed = await keys.DestroyAsync([first]);
        }

        destroyed.Subjects.ShouldBe([first]);
        destroyed.Traces!.ShouldContain("another process");
        (await keys.FindAsync("customer-1")).ShouldBeNull();

        (await keys.DestroyAsync([second])).Traces.ShouldBeNull();

        _store.CountIn(rows.Values.SelectMany(r => r)).ShouldBe(0);
    }

    [Fact]
    public async Task Open_AfterADestructionThatWasNotWiped_WipesIt()
    {
        byte[][] row;
        using (var keys = _store.Open())
        {
            await keys.GetOrAddAsync("customer-1");
            row = _store.Rows().Values.Single();
        }

        // As a process leaves it that is killed between the deletion and the wiping, without what secure_delete does.
        _store.Run("PRAGMA secure_delete = OFF; DELETE FROM subject_key; INSERT INTO unwiped VALUES (0)");
        _store.CountIn(row).ShouldBeGreaterThan(0);

        using var again = _store.Open();

        _store.CountIn(row).ShouldBe(0);
        _store.Run("SELECT count(*) FROM unwiped").ShouldBe(0L);
    }

    [Theory]
    [InlineData("lookup BLOB PRIMARY KEY, wrapped BLOB NOT NULL", "lookup, wrapped", false)]
    [InlineData("lookup BLOB PRIMARY KEY, wrapped BLOB NOT NULL, pseudonym BLOB, identity BLOB", "lookup, wrapped, pseudonym, identity", true)]
    public async Task Open_StoreOfAnEarlierShape_FindsByPseudonymAndMarkAndLearnsTheIdWhenNextSeen(string shape, string columns, bool identified)
    {
        SubjectKey[] before;
        using (var keys = _store.Open())
        {
            before = [.. await keys.GetOrAddAsync(["customer-1", "customer-2"])];
        }

        _store.Run($"""
            CREATE TABLE earlier ({shape}) STRICT, WITHOUT ROWID;
            INSERT INTO earlier SELECT {columns} FROM subject_key;
            DROP TABLE subject_key; DROP TABLE unwiped; ALTER TABLE earlier RENAME TO subject_key;
            """);

        using var again = _store.Open();
        (await again.FindIdentityAsync(before[0].Pseudonym)).ShouldBe(new SubjectIdentity(identified ? "customer-1" : null));
        (await again.GetOrAddAsync("customer-1")).Pseudonym.ShouldBe(before[0].Pseudonym);
        (await again.FindIdentityAsync(before[0].Pseudonym)).ShouldBe(new SubjectIdentity("customer-1"));
        // Never seen again, and still found by its mark alone.
        (await again.DestroyAsync([before[1].Mark])).Subjects.ShouldBe([before[1].Mark]);
        _store.Run("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('subject_pseudonym', 'subject_mark')").ShouldBe(2L);
        (await again.FindAsync("customer-2")).ShouldBeNull();
    }

    [Fact]
    public async Task FindIdentity_PseudonymMovedToAnotherRow_IsRefused()
    {
        Pseudonym first;
        using (var keys = _store.Open())
        {
            first = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
        }

        _store.Run("UPDATE subject_key SET pseudonym = zeroblob(16)");
        using var again = _store.Open();

        (await again.FindIdentityAsync(first)).ShouldBeNull();
        await Should.ThrowAsync<LogUnavailableException>(async () => await again.FindIdentityAsync(new Pseudonym(new byte[16])));
        again.Broken.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Destroy_AmidCallsForTheSubject_GivesEachTheOldKeyOrANewOne()
    {
        using var keys = _store.Open(new() { CachedSubjects = 8 });
        var ended = new HashSet<Pseudonym>();
        for (var round = 0; round < 50; round++)
        {
            var oldKey = await keys.GetOrAddAsync("customer-1");
            var old = oldKey.Pseudonym;
            var calls = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                await keys.GetOrAddAsync($"customer-{i + 2}");
                return (await keys.GetOrAddAsync("customer-1")).Pseudonym;
            })).ToArray();
            (await keys.DestroyAsync([oldKey.Mark])).Subjects.ShouldBe([oldKey.Mark]);
            ended.Add(old).ShouldBeTrue();
            (await keys.GetOrAddAsync("customer-1")).Pseudonym.ShouldNotBe(old);
            (await Task.WhenAll(calls)).Where(p => p != old).Distinct().Count().ShouldBeLessThanOrEqualTo(1);
            (await keys.GetOrAddAsync("customer-1")).Pseudonym.ShouldNotBe(old);
        }

        ended.Count.ShouldBe(50);
    }

    [Fact]
    public async Task Destroy_DiskFull_IsRefusedOrDone_NeverHalf()
    {
        using var disk = new SmallDisk();
        using var keys = SqliteSubjectKeys.Open(
            disk["subjects.db"], _store.Master, new(), NullLogger<SqliteSubjectKeys>.Instance);
        var subject = (await keys.GetOrAddAsync("customer-1")).Mark;
        disk.Fill();
        try
        {
            (await keys.DestroyAsync([subject])).Subjects.ShouldBe([subject]);
            (await keys.FindAsync("customer-1")).ShouldBeNull();
        }
        catch (LogUnavailableException)
        {
            (await keys.FindAsync("customer-1"))!.Mark.ShouldBe(subject);
        }

        disk.Free();
        var destroyed = await keys.DestroyAsync([subject]);
        destroyed.Traces.ShouldBeNull();
        (await keys.FindAsync("customer-1")).ShouldBeNull();
    }
}
