using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;

namespace Gateway.Stores.Tests.Log;

/// <summary>What every disclosure log must do, whichever engine keeps it.</summary>
public abstract class DisclosureLogSpecification
{
    /// <summary>Opens the test's one log again: a restart of the gateway.</summary>
    protected abstract IDisclosureLog Reopen();

    /// <summary>Reads the test's log.</summary>
    protected abstract ILogReader Reader();

    [Fact]
    public async Task Append_ManyAtOnce_EveryLeafIsThereOnceInOrderWithoutGaps()
    {
        var log = Reopen();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await log.AppendAsync(Encoding.ASCII.GetBytes($"{worker}-{i}"), scope: null);
            }
        })));

        var leaves = await ReadAllAsync();
        leaves.Select(l => l.Index).ShouldBe(Enumerable.Range(0, 64 * 50).Select(i => (long)i));
        var texts = leaves.Select(l => Encoding.ASCII.GetString(l.Bytes)).ToList();
        texts.ToHashSet(StringComparer.Ordinal).Count.ShouldBe(64 * 50);
        texts.Where(t => t.StartsWith("7-", StringComparison.Ordinal)).ShouldBe(Enumerable.Range(0, 50).Select(i => $"7-{i}"));
    }

    [Fact]
    public async Task Append_AfterReopening_ContinuesTheSequence()
    {
        await Reopen().AppendAsync("first"u8.ToArray(), scope: null);
        await Reopen().AppendAsync("second"u8.ToArray(), scope: null);

        (await ReadAllAsync()).Select(l => Encoding.ASCII.GetString(l.Bytes)).ShouldBe(["first", "second"]);
    }

    [Fact]
    public async Task Append_LargestLeaf_IsKeptExactly()
    {
        var leaf = RandomNumberGenerator.GetBytes(65_535);

        await Reopen().AppendAsync(leaf, scope: null);

        (await ReadAllAsync()).ShouldHaveSingleItem().Bytes.ShouldBe(leaf);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    public async Task Append_LeafOfWrongSize_IsRefused(int size)
    {
        var log = Reopen();

        await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await log.AppendAsync(new byte[size], scope: null));

        (await Reader().GetHeadAsync(TestContext.Current.CancellationToken)).ShouldBe(0);
    }

    [Fact]
    public async Task Append_WithScope_StoresItOnceAndNoLaterThanTheLeaf()
    {
        var scope = Scope("what was released");
        var log = Reopen();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => log.AppendAsync("leaf"u8.ToArray(), scope).AsTask()));
        await Reopen().AppendAsync("leaf"u8.ToArray(), scope);

        (await Reader().FindScopeAsync(scope.Hash, TestContext.Current.CancellationToken)).ShouldBe(scope.Bytes.ToArray());
        (await Reader().FindScopeAsync(new byte[32], TestContext.Current.CancellationToken)).ShouldBeNull();
    }

    [Fact]
    public async Task Append_ScopeThatIsNotItsHash_IsRefused()
    {
        var log = Reopen();
        var forged = Scope("released") with { Bytes = "withheld"u8.ToArray() };

        await Should.ThrowAsync<ArgumentException>(async () => await log.AppendAsync("leaf"u8.ToArray(), forged));

        (await ReadAllAsync()).ShouldBeEmpty();
    }

    protected static StoredScope Scope(string text) => new(SHA256.HashData(Encoding.ASCII.GetBytes(text)), Encoding.ASCII.GetBytes(text));

    protected async Task<IReadOnlyList<StoredLeaf>> ReadAllAsync() =>
        await Reader().ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken);
}
