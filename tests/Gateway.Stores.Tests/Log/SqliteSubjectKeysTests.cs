using System.Security.Cryptography;
using Gateway.Core.Log;
using Gateway.Stores.Sqlite.Keys;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Stores.Tests.Log;

public sealed class SqliteSubjectKeysTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly MasterKey _master = new(RandomNumberGenerator.GetBytes(32));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task GetOrAdd_SameSubject_SameKeyAlsoAfterReopening()
    {
        Pseudonym first;
        using (var keys = Open(_master))
        {
            first = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
            (await keys.GetOrAddAsync("customer-1")).Pseudonym.ShouldBe(first);
            (await keys.GetOrAddAsync("customer-2")).Pseudonym.ShouldNotBe(first);
        }

        using var again = Open(_master);
        (await again.GetOrAddAsync("customer-1")).Pseudonym.ShouldBe(first);
        (await again.FindAsync("customer-1"))!.Pseudonym.ShouldBe(first);
    }

    [Fact]
    public async Task GetOrAdd_ManyAtOnce_OneKeyASubject()
    {
        using var keys = Open(_master);

        var made = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
            (Subject: i % 20, (await keys.GetOrAddAsync($"customer-{i % 20}")).Pseudonym))));

        made.Distinct().Count().ShouldBe(20);
        made.Select(m => m.Pseudonym).Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public async Task GetOrAdd_Several_GivesEachItsKeyInOrder()
    {
        using var keys = Open(_master);
        var known = (await keys.GetOrAddAsync("customer-3")).Pseudonym;

        var several = await keys.GetOrAddAsync(["customer-1", "customer-2", "customer-3", "customer-1"]);

        several[2].Pseudonym.ShouldBe(known);
        several[0].Pseudonym.ShouldBe(several[3].Pseudonym);
        several[1].Pseudonym.ShouldBe((await keys.GetOrAddAsync("customer-2")).Pseudonym);
        several.Select(k => k.Pseudonym).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task Find_UnknownSubject_MakesNone()
    {
        using var keys = Open(_master);

        (await keys.FindAsync("customer-1")).ShouldBeNull();

        Scalar("SELECT count(*) FROM subject_key").ShouldBe(0L);
    }

    [Fact]
    public async Task GetOrAdd_Completed_IsDurableAlready()
    {
        using var keys = Open(_master);
        await keys.GetOrAddAsync("customer-1");

        // Another connection sees only what was committed, and a commit was synced.
        Scalar("SELECT count(*) FROM subject_key").ShouldBe(1L);
    }

    [Fact]
    public async Task GetOrAdd_MoreSubjectsThanTheCacheHolds_StaysBoundedAndRight()
    {
        using var keys = Open(_master, new SubjectKeyOptions { CachedSubjects = 10 });
        var first = (await keys.GetOrAddAsync("customer-0")).Pseudonym;
        for (var i = 1; i < 100; i++)
        {
            await keys.GetOrAddAsync($"customer-{i}");
        }

        keys.Cached.ShouldBeLessThanOrEqualTo(10);
        (await keys.GetOrAddAsync("customer-0")).Pseudonym.ShouldBe(first);
    }

    [Fact]
    public void Open_WrongMasterKey_IsRefused()
    {
        Open(_master).Dispose();

        Should.Throw<StoreException>(() => Open(new MasterKey(RandomNumberGenerator.GetBytes(32)))).Message.ShouldContain("another master key");
    }

    [Fact]
    public async Task GetOrAdd_RowMovedToAnotherSubject_IsRefused()
    {
        using (var keys = Open(_master))
        {
            await keys.GetOrAddAsync("customer-1");
            await keys.GetOrAddAsync("customer-2");
        }

        Scalar("UPDATE subject_key SET wrapped = (SELECT wrapped FROM subject_key ORDER BY lookup LIMIT 1)");
        using var again = Open(_master);
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 2).Select(async i =>
        {
            try
            {
                return await again.FindAsync($"customer-{i}") is not null;
            }
            catch (LogUnavailableException)
            {
                return false;
            }
        }));

        outcomes.ShouldContain(false);
        again.Broken.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task GetOrAdd_DiskFull_IsRefusedAndGoesOnWhenThereIsSpace()
    {
        using var disk = new SmallDisk();
        using var keys = SqliteSubjectKeys.Open(
            disk["subjects.db"], _master, new SubjectKeyOptions(), NullLogger<SqliteSubjectKeys>.Instance);
        var known = (await keys.GetOrAddAsync("customer-1")).Pseudonym;
        disk.Fill();

        await Should.ThrowAsync<LogUnavailableException>(() => Task.WhenAll(
            Enumerable.Range(2, 2000).Select(i => keys.GetOrAddAsync($"customer-{i}").AsTask())));

        keys.Broken.IsCancellationRequested.ShouldBeFalse();
        (await keys.GetOrAddAsync("customer-1")).Pseudonym.ShouldBe(known);
        disk.Free();
        await keys.GetOrAddAsync("customer-2");
        keys.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task Store_Bytes_HoldNoSubjectId()
    {
        using (var keys = Open(_master))
        {
            await keys.GetOrAddAsync("customer-canary-4711");
        }

        Convert.ToHexString(await File.ReadAllBytesAsync(_folder["subjects.db"], TestContext.Current.CancellationToken))
            .ShouldNotContain(Convert.ToHexString("canary"u8));
    }

    private SqliteSubjectKeys Open(MasterKey master, SubjectKeyOptions? options = null) =>
        SqliteSubjectKeys.Open(_folder["subjects.db"], master, options ?? new SubjectKeyOptions(), NullLogger<SqliteSubjectKeys>.Instance);

    private object? Scalar(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder["subjects.db"]};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
