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
        Pseudonym first;
        Pseudonym second;
        using (var keys = _store.Open())
        {
            first = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
            var other = (await keys.GetOrAddAsync("customer-2")).Pseudonym;

            var destroyed = await keys.DestroyAsync([first]);

            destroyed.Subjects.ShouldBe([first]);
            destroyed.Traces.ShouldBeNull();
            keys.Cached.ShouldBe(1);
            (await keys.FindAsync("customer-1")).ShouldBeNull();
            (await keys.FindSubjectIdAsync(first)).ShouldBeNull();
            (await keys.FindSubjectIdAsync(other)).ShouldBe("customer-2");
            second = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
            second.ShouldNotBe(first);
        }

        using var again = _store.Open();
        (await again.FindAsync("customer-1"))!.Pseudonym.ShouldBe(second);
        (await again.FindSubjectIdAsync(second)).ShouldBe("customer-1");
    }

    [Fact]
    public async Task Destroy_UnknownPseudonym_DestroysNothing()
    {
        using var keys = _store.Open();
        var known = (await keys.GetOrAddAsync("customer-1")).Pseudonym;

        (await keys.DestroyAsync([new Pseudonym(new byte[16])])).Subjects.ShouldBeEmpty();

        (await keys.FindAsync("customer-1"))!.Pseudonym.ShouldBe(known);
    }

    [Fact]
    public async Task Destroy_OneByOne_LeavesNothingInAnyFile()
    {
        using var keys = _store.Open();
        var subjects = await keys.GetOrAddAsync([.. Enumerable.Range(0, 4000).Select(i => $"customer-{i}")]);
        var rows = _store.Rows();
        var gone = subjects.Where((_, i) => i % 20 == 0).Select(k => k.Pseudonym).ToArray();
        foreach (var one in gone)
        {
            (await keys.DestroyAsync([one])).Traces.ShouldBeNull();
        }

        _store.CountIn(gone.SelectMany(g => rows[g.ToString()])).ShouldBe(0);
        _store.Rows().Count.ShouldBe(3800);
        _store.CountIn(_store.Rows().Values.SelectMany(r => r)).ShouldBe(3800 * 4, "those that stay are found, so looking works");
        _store.Run("SELECT count(*) FROM unwiped").ShouldBe(0L);
    }

    [Fact]
    public async Task Destroy_CopiesInUnusedPartsOfTheFile_AreFoundAndGoneToo()
    {
        using var keys = _store.Open();
        var subject = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
        await keys.GetOrAddAsync("customer-2");
        var row = _store.Rows()[subject.ToString()];
        // What pages look like after rows have moved between them: secure_delete overwrites a row only where it stood last.
        _store.Run("PRAGMA secure_delete = OFF; CREATE TABLE moved AS SELECT * FROM subject_key; DROP TABLE moved");
        (await keys.DestroyAsync([new Pseudonym(new byte[16])])).Subjects.ShouldBeEmpty();
        _store.CountIn(row).ShouldBe(4);

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
        var gone = subjects.Take(500).Select(k => k.Pseudonym).ToArray();

        (await keys.DestroyAsync(gone)).Subjects.Count.ShouldBe(500);

        _store.CountIn(gone.SelectMany(g => rows[g.ToString()])).ShouldBe(0);
        _store.Rows().Count.ShouldBe(1500);
    }

    [Fact]
    public async Task Destroy_WhileAnotherProcessReads_SaysSoAndWipesNextTime()
    {
        using var keys = _store.Open();
        var first = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
        var second = (await keys.GetOrAddAsync("customer-2")).Pseudonym;
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

    [Fact]
    public async Task Open_StoreOfTheEarlierShape_FindsByPseudonymAndLearnsTheIdWhenNextSeen()
    {
        Pseudonym[] before;
        using (var keys = _store.Open())
        {
            before = [.. (await keys.GetOrAddAsync(["customer-1", "customer-2"])).Select(k => k.Pseudonym)];
        }

        _store.Run("""
            CREATE TABLE earlier (lookup BLOB PRIMARY KEY, wrapped BLOB NOT NULL) STRICT, WITHOUT ROWID;
            INSERT INTO earlier SELECT lookup, wrapped FROM subject_key;
            DROP TABLE subject_key; DROP TABLE unwiped; ALTER TABLE earlier RENAME TO subject_key;
            """);

        using var again = _store.Open();
        (await again.FindSubjectIdAsync(before[0])).ShouldBeNull();
        (await again.GetOrAddAsync("customer-1")).Pseudonym.ShouldBe(before[0]);
        (await again.FindSubjectIdAsync(before[0])).ShouldBe("customer-1");
        // Never seen again, and still found by its pseudonym alone.
        (await again.DestroyAsync([before[1]])).Subjects.ShouldBe([before[1]]);
        (await again.FindAsync("customer-2")).ShouldBeNull();
    }

    [Fact]
    public async Task FindSubjectId_PseudonymMovedToAnotherRow_IsRefused()
    {
        Pseudonym first;
        using (var keys = _store.Open())
        {
            first = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
        }

        _store.Run("UPDATE subject_key SET pseudonym = zeroblob(16)");
        using var again = _store.Open();

        (await again.FindSubjectIdAsync(first)).ShouldBeNull();
        await Should.ThrowAsync<LogUnavailableException>(async () => await again.FindSubjectIdAsync(new Pseudonym(new byte[16])));
        again.Broken.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task Destroy_AmidCallsForTheSubject_GivesEachTheOldKeyOrANewOne()
    {
        using var keys = _store.Open(new() { CachedSubjects = 8 });
        var ended = new HashSet<Pseudonym>();
        for (var round = 0; round < 50; round++)
        {
            var old = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
            var calls = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
            {
                await keys.GetOrAddAsync($"customer-{i + 2}");
                return (await keys.GetOrAddAsync("customer-1")).Pseudonym;
            })).ToArray();
            (await keys.DestroyAsync([old])).Subjects.ShouldBe([old]);
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
        var subject = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
        disk.Fill();
        try
        {
            (await keys.DestroyAsync([subject])).Subjects.ShouldBe([subject]);
            (await keys.FindAsync("customer-1")).ShouldBeNull();
        }
        catch (LogUnavailableException)
        {
            (await keys.FindAsync("customer-1"))!.Pseudonym.ShouldBe(subject);
        }

        disk.Free();
        var destroyed = await keys.DestroyAsync([subject]);
        destroyed.Traces.ShouldBeNull();
        (await keys.FindAsync("customer-1")).ShouldBeNull();
    }
}
