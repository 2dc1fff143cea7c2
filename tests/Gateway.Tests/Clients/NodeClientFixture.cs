using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Clients;

/// <summary>A gateway with the demo's contracts as they are, and a Node process that calls it.</summary>
public sealed class NodeClientFixture : IAsyncLifetime
{
    private NodePartner? _node;

    internal RunningGateway Gateway { get; private set; } = null!;

    // Started by the first test that needs it, so that its absence skips tests and fails no fixture.
    internal NodePartner Node => _node ??= NodePartner.Start(Gateway);

    public async ValueTask InitializeAsync() => Gateway = await RunningGateway.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_node is not null)
        {
            await _node.DisposeAsync();
        }

        if (Gateway is not null)
        {
            await Gateway.DisposeAsync();
        }
    }

    /// <summary>The entry with this receipt id; fails where there is none.</summary>
    internal async Task<Entry> EntryAsync(string? receipt)
    {
        var log = Gateway.Services.GetRequiredService<ILogReader>();
        var leaves = await log.ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken);
        return leaves.Select(l => Entry.Parser.ParseFrom(l.Bytes))
            .Single(e => new Guid(e.Receipt.Span, bigEndian: true).ToString() == receipt);
    }

    /// <summary>A change in the shop's own tables; <c>$now</c> is now.</summary>
    internal void ChangeShop(string sql)
    {
        using var connection = DemoShop.Open(Gateway.Settings.Data.Shop);
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$now", ShopWriter.Time(TimeProvider.System.GetUtcNow()));
        command.ExecuteNonQuery().ShouldBeGreaterThan(0, sql);
    }
}
