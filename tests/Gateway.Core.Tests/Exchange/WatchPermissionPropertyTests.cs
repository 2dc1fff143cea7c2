using CsCheck;
using Gateway.Core.Permissions;

namespace Gateway.Core.Tests.Exchange;

/// <summary>
/// Whatever people say and rows do: a stream never gives what its subject does not permit at that moment, and what the partner holds in the
/// end is exactly what is open and permitted.
/// </summary>
public sealed class WatchPermissionPropertyTests
{
    private const int Keys = 4;
    private const string Topic = ExchangeContracts.Improvement;

    private enum Act
    {
        Touch,
        Ask,
        OptOut,
        SoftOptIn,
        Vanish,
        Close,
        Reopen,
        Route,
    }

    private static readonly Gen<(Act Act, int Key, bool AtTheShop)> s_act = Gen.Select(
        Gen.Int[0, 7], Gen.Int[0, Keys - 1], Gen.Bool, (act, key, shop) => ((Act)act, key, shop));

    [Fact]
    public Task Stream_WhateverHappens_HoldsWhatIsOpenAndPermitted() => s_act.List[1, 25].SampleAsync(
        async acts =>
        {
            var scene = new ExchangeScene(ExchangeContracts.ConsentFile);
            for (var i = 0; i < Keys; i++)
            {
                // Two people, two orders each.
                scene.PutShipment($"A-{i}", subject: $"s-{i / 2}", updated: ExchangeScene.Start.AddDays(-i));
            }

            using var watch = await RunningWatch.StartAsync(scene);
            var held = new HashSet<string>(StringComparer.Ordinal);
            var seen = 0;
            foreach (var (act, key, shop) in acts)
            {
                scene.Clock.Advance(TimeSpan.FromMilliseconds(1));
                Do(scene, act, $"A-{key}", $"s-{key / 2}", shop ? scene.SaidToShop : scene.SaidToGateway);
                await RunningWatch.RoundAsync(scene, watch);
                seen = await HearAsync(scene, watch, held, seen);
            }

            for (var i = 0; i < 2; i++)
            {
                await RunningWatch.RoundAsync(scene, watch);
                seen = await HearAsync(scene, watch, held, seen);
            }

            held.Order(StringComparer.Ordinal).ShouldBe((await PermittedAsync(scene)).Order(StringComparer.Ordinal));
            scene.Entries.ShouldAllBe(e => e.Permissions.Length == e.Records.Length);
            scene.Entries.ShouldAllBe(e => e.Records.Length + e.Tombstones.Length > 0);
        },
        iter: 300);

    private static void Do(ExchangeScene scene, Act act, string key, string subject, MemoryPreferences where)
    {
        var now = scene.Clock.GetUtcNow();
        switch (act)
        {
            case Act.Touch:
                scene.Source.Change(key, r => r with { UpdatedAt = now });
                break;
            case Act.Close:
                scene.Source.Change(key, r => r with { ClosedAt = now, UpdatedAt = now });
                break;
            case Act.Reopen:
                scene.Source.Change(key, r => r with { ClosedAt = null, UpdatedAt = now });
                break;
            case Act.Route:
                scene.Source.Change(key, r => r with { Recipient = r.Recipient == "elsewhere" ? ExchangeContracts.Northgate : "elsewhere", UpdatedAt = now });
                break;
            case Act.Vanish:
                scene.SaidToShop.Lose(subject);
                scene.SaidToGateway.Lose(subject);
                break;
            default:
                where.Say(subject, Topic, act == Act.Ask ? PreferenceState.Requested : act == Act.OptOut ? PreferenceState.OptedOut : PreferenceState.SoftOptIn, now);
                break;
        }
    }

    private static async Task<int> HearAsync(ExchangeScene scene, RunningWatch watch, HashSet<string> held, int seen)
    {
        var permitted = await PermittedAsync(scene);
        foreach (var message in watch.Received.Skip(seen))
        {
            if (message.Tombstone is not null)
            {
                held.Remove(message.Tombstone.Key).ShouldBeTrue("a tombstone for what was not given");
            }
            else
            {
                permitted.Contains(message.Shipment.OrderId).ShouldBeTrue("a record without permission");
                held.Add(message.Shipment.OrderId);
            }
        }

        return watch.Received.Count;
    }

    // Nothing changes while a round runs, so this is what held when it did.
    private static async Task<HashSet<string>> PermittedAsync(ExchangeScene scene)
    {
        var all = new AllPreferences(scene.SaidToShop, scene.SaidToGateway);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in scene.Source.Rows.Where(r => r.ClosedAt is null && r.Recipient == ExchangeContracts.Northgate))
        {
            if ((await all.PreferencesOfAsync(row.SubjectId, CancellationToken.None)).Find(Topic) is { State: PreferenceState.Requested })
            {
                keys.Add(row.Key);
            }
        }

        return keys;
    }
}
