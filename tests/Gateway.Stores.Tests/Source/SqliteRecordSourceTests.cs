using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Tests.Source;

/// <summary>The specification, held by SQLite; and what can be wrong with a file.</summary>
public sealed class SqliteRecordSourceTests : RecordSourceSpecification
{
    private readonly SqliteTestShop _shop = new();

    public SqliteRecordSourceTests() => Source = new SqliteRecordSource(_shop.ConnectionString, Clock, maxConnections: 2);

    protected override TestShop Shop => _shop;

    protected override IRecordSource Source { get; }

    [Fact]
    public async Task File_ReplacedByGarbageThenBack_FailsThenRecovers()
    {
        Shop.Put(new TestRow("A-1"));
        var reader = Source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string"));
        (await reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token)).ShouldNotBeNull();

        Shop.Remove();
        await File.WriteAllTextAsync(_shop.Path, new string('x', 10_000), Token);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<SourceException>(async () => await reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token));

        File.Delete(_shop.Path);
        Shop.Restore();
        (await reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task File_Locked_FailsThenRecovers()
    {
        Shop.Put(new TestRow("A-1"));
        _shop.Execute("PRAGMA journal_mode = DELETE");
        var reader = Source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string"));
        await using (var connection = new SqliteConnection(_shop.ConnectionString))
        {
            await connection.OpenAsync(Token);
            await using var command = connection.CreateCommand();
            command.CommandText = "BEGIN EXCLUSIVE";
            await command.ExecuteNonQueryAsync(Token);

            await Should.ThrowAsync<SourceException>(async () => await reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token));
        }

        (await reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Readers_OfManyReloads_AllStillAnswer()
    {
        Shop.Put(new TestRow("A-1"));
        var grant = TestGrants.Of(TestGrants.Everything, "a_string");
        var readers = Enumerable.Range(0, 260).Select(_ => Source.Prepare(grant)).ToArray();

        foreach (var reader in readers.Concat(readers))
        {
            (await reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token)).ShouldNotBeNull();
        }
    }

    [Fact]
    public async Task Pool_AllPlacesTaken_WaitsUntilOneIsFreeOrTheCallIsCancelled()
    {
        Shop.Put(new TestRow("A-1"));
        var source = (SqliteRecordSource)Source;
        var reader = source.Prepare(TestGrants.Of(TestGrants.Everything, "a_string"));
        var taken = new[] { await source.Pool.RentAsync(Token), await source.Pool.RentAsync(Token) };

        var waiting = reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, Token).AsTask();
        using var cancelled = new CancellationTokenSource();
        var givenUp = reader.GetAsync(TestGrants.Everything.Key, "A-1", Now, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => givenUp);
        waiting.IsCompleted.ShouldBeFalse();

        source.Pool.Return(taken[0]);
        (await waiting).ShouldNotBeNull();
        source.Pool.Return(taken[1]);
    }
}
