using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Protos.Fulfilment.V1;

namespace Gateway.Core.Tests.Exchange;

/// <summary>A stream of records that need consent, and what becomes of it in the middle.</summary>
public sealed class WatchPermissionTests
{
    private const string Topic = ExchangeContracts.Improvement;

    private readonly ExchangeScene _scene = new(ExchangeContracts.ConsentFile);

    [Fact]
    public async Task OptOut_InTheMiddle_IsATombstoneToldOnce()
    {
        Put("A-1", PreferenceState.Requested);
        Put("A-2", PreferenceState.Requested);
        using var watch = await RunningWatch.StartAsync(_scene);
        Say("A-1", PreferenceState.OptedOut);
        await RoundsAsync(30, watch);

        watch.Keys.ShouldBe(["A-1", "A-2"]);
        watch.Tombstones.ShouldBe(["A-1 Withdrawn"]);
        var told = _scene.Entries.Single(e => e.Tombstones.Length > 0);
        EntryPseudonyms.Of(told.Tombstones).ShouldBe([_scene.Keys.Of("s-A-1").OfRecord("gateway.fulfilment.v1.Shipment", "A-1")]);
    }

    [Fact]
    public async Task OptOut_ThenAChangeOfTheRow_SendsNothingMore()
    {
        Put("A-1", PreferenceState.Requested);
        using var watch = await RunningWatch.StartAsync(_scene);
        Say("A-1", PreferenceState.OptedOut);
        _scene.Source.Change("A-1", r => r with { UpdatedAt = _scene.Clock.GetUtcNow().AddMilliseconds(100) });
        await RoundsAsync(15, watch);
        _scene.Source.Change("A-1", r => r with { UpdatedAt = _scene.Clock.GetUtcNow() });
        await RoundsAsync(15, watch);

        watch.Received.Select(r => r.Tombstone is null ? "sent" : "gone").ShouldBe(["sent", "gone"]);
    }

    [Fact]
    public async Task OptIn_InTheMiddle_SendsWhatIsOpen_AndCanBeWithdrawnAgain()
    {
        Put("A-1", PreferenceState.OptedOut, updated: ExchangeScene.Start.AddDays(-20));
        Put("A-2", null, updated: ExchangeScene.Start.AddDays(-10));
        using var watch = await RunningWatch.StartAsync(_scene);
        watch.Received.ShouldBeEmpty();
        for (var i = 0; i < 2; i++)
        {
            Say("A-1", PreferenceState.Requested);
            await RoundsAsync(3, watch);
            Say("A-1", PreferenceState.OptedOut);
            await RoundsAsync(3, watch);
        }

        watch.Received.Select(r => r.Tombstone is null ? r.Shipment.OrderId : "gone").ShouldBe(["A-1", "gone", "A-1", "gone"]);
        _scene.Entries.Where(e => e.Records.Length > 0).ShouldAllBe(e => e.Permissions.Length == e.Records.Length);
    }

    [Fact]
    public async Task OptOut_OfOneNeverGiven_TellsNothing_AndCostsNoEntry()
    {
        Put("A-1", null);
        Put("A-foreign", PreferenceState.Requested, recipient: "southgate-warehouse");
        using var watch = await RunningWatch.StartAsync(_scene);
        Say("A-1", PreferenceState.OptedOut);
        Say("A-foreign", PreferenceState.OptedOut);
        await RoundsAsync(5, watch);

        watch.Received.ShouldBeEmpty();
        _scene.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task OptOut_WhileAway_IsToldToTheResumedStream()
    {
        Put("A-1", PreferenceState.Requested);
        Put("A-2", PreferenceState.Requested);
        Put("A-3", null);
        string token;
        using (var watch = await RunningWatch.StartAsync(_scene))
        {
            await RoundsAsync(1, watch);
            token = watch.Received[^1].ResumeToken;
            await watch.CancelAsync();
            await watch.Ended;
        }

        _scene.Clock.Advance(TimeSpan.FromMinutes(10));
        Say("A-1", PreferenceState.OptedOut);
        Say("A-3", PreferenceState.OptedOut);
        _scene.Clock.Advance(TimeSpan.FromMinutes(10));
        using var resumed = await RunningWatch.StartAsync(_scene, token);
        await RoundsAsync(20, resumed);

        resumed.Tombstones.ShouldBe(["A-1 Withdrawn"]);
    }

    [Fact]
    public async Task Preference_ThatVanishes_IsFoundInTurn()
    {
        const int count = PermissionTurn.Rechecked + 500;
        for (var i = 0; i < count; i++)
        {
            Put($"A-{i:d4}", PreferenceState.Requested);
        }

        using var watch = await RunningWatch.StartAsync(_scene);
        watch.Keys.Count().ShouldBe(count);
        _scene.SaidToShop.Lose("s-A-0007");
        _scene.SaidToShop.Lose($"s-A-{count - 1:d4}");
        await RoundsAsync(4, watch);

        watch.Tombstones.Order(StringComparer.Ordinal).ShouldBe(["A-0007 Withdrawn", $"A-{count - 1:d4} Withdrawn"]);
    }

    [Fact]
    public async Task Permission_DatedAhead_IsHeededWhenItsTimeHasCome()
    {
        Put("A-1", null, updated: ExchangeScene.Start.AddDays(-1));
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.SaidToShop.Say("s-A-1", Topic, PreferenceState.Requested, _scene.Clock.GetUtcNow().AddSeconds(3));
        await RoundsAsync(4, watch);
        watch.Received.ShouldBeEmpty();
        await RoundsAsync(4, watch);

        watch.Keys.ShouldBe(["A-1"]);
    }

    [Fact]
    public async Task Preference_CommittedLate_IsHeededAlthoughANewerOneWasSeen()
    {
        Put("A-1", PreferenceState.Requested);
        using var watch = await RunningWatch.StartAsync(_scene);
        await RoundsAsync(8, watch);
        _scene.SaidToShop.Say("s-A-1", "offers", PreferenceState.OptedOut, _scene.Clock.GetUtcNow());
        await RoundsAsync(1, watch);
        // The other topic's row carries an earlier instant, and is there only now.
        _scene.SaidToShop.Say("s-A-1", Topic, PreferenceState.OptedOut, _scene.Clock.GetUtcNow().AddSeconds(-3));
        await RoundsAsync(1, watch);

        watch.Tombstones.ShouldBe(["A-1 Withdrawn"]);
    }

    [Fact]
    public async Task UnpermittedRows_AreAskedAboutOnce_AndHoldNothingUp()
    {
        for (var i = 0; i < 300; i++)
        {
            Put($"A-{i:d4}", i == 299 ? PreferenceState.Requested : null, updated: ExchangeScene.Start);
        }

        using var watch = await RunningWatch.StartAsync(_scene);
        watch.Keys.ShouldBe(["A-0299"]);
        _scene.SaidToShop.Asked.Clear();
        await RoundsAsync(3, watch);

        // Only what was given is asked about again.
        _scene.SaidToShop.Asked.ShouldAllBe(subjects => subjects.Count == 1 && subjects[0] == "s-A-0299");
    }

    [Fact]
    public async Task SlowReader_GetsNothingOfWhoWithdrewSinceTheRunWasDecided()
    {
        for (var i = 0; i < 10; i++)
        {
            Put($"A-{i}", PreferenceState.Requested, updated: ExchangeScene.Start.AddMinutes(-20 + i));
        }

        using var caller = new CancellationTokenSource();
        var received = new List<string>();
        var open = _scene.Open(ExchangeScene.WatchShipments);
        var ended = _scene.Watcher.RunAsync(_scene.Identified(open), new WatchShipmentsRequest(), (message, _) =>
        {
            received.Add(((WatchShipmentsResponse)message).Shipment.OrderId);
            if (received.Count == 3)
            {
                Say("A-4", PreferenceState.OptedOut);
                Say("A-9", PreferenceState.OptedOut);
                _scene.Clock.Advance(TimeSpan.FromMilliseconds(251));
            }

            return received.Count == 8 ? caller.CancelAsync() : Task.CompletedTask;
        }, CancellationToken.None, caller.Token).AsTask();
        await ended;

        received.ShouldBe(["A-0", "A-1", "A-2", "A-3", "A-5", "A-6", "A-7", "A-8"]);
        // Recorded as it was decided: more than was sent, never less.
        _scene.Entries.Sum(e => e.Records.Length / SubjectKey.PseudonymSize).ShouldBe(10);
    }

    [Fact]
    public async Task SlowReader_WithinTheTimeOfAPermission_IsAskedAboutOnce()
    {
        for (var i = 0; i < 10; i++)
        {
            Put($"A-{i}", PreferenceState.Requested);
        }

        using var watch = await RunningWatch.StartAsync(_scene);

        watch.Keys.Count().ShouldBe(10);
        // The run, and the keys given in their turn.
        _scene.SaidToShop.Asked.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Preferences_ThatFailInTheMiddle_EndTheStream()
    {
        Put("A-1", PreferenceState.Requested);
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.SaidToGateway.Fault = new SourceException("away");
        Put("A-2", PreferenceState.Requested, updated: _scene.Clock.GetUtcNow());
        await RoundsAsync(1, watch);

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.SourceUnavailable);
        watch.Keys.ShouldBe(["A-1"]);
    }

    [Fact]
    public async Task Contract_ThatComesToNeedConsent_TakesBackWhatItGaveWithout()
    {
        var scene = new ExchangeScene(ExchangeContracts.NorthgateFile);
        scene.PutShipment("A-1");
        using var watch = await RunningWatch.StartAsync(scene);
        scene.Reload(ExchangeContracts.ConsentFile);
        await RunningWatch.RoundAsync(scene, watch);

        watch.Received.Select(r => r.Tombstone is null ? "sent" : "gone").ShouldBe(["sent", "gone"]);
    }

    private void Put(string key, PreferenceState? said, DateTimeOffset? updated = null, string recipient = ExchangeContracts.Northgate)
    {
        _scene.PutShipment(key, updated: updated, recipient: recipient);
        if (said is { } state)
        {
            _scene.SaidToShop.Say("s-" + key, Topic, state, ExchangeScene.Start.AddDays(-100));
        }
    }

    private void Say(string key, PreferenceState state) => _scene.SaidToGateway.Say("s-" + key, Topic, state, _scene.Clock.GetUtcNow());

    private async Task RoundsAsync(int count, RunningWatch watch)
    {
        for (var i = 0; i < count; i++)
        {
            await RunningWatch.RoundAsync(_scene, watch);
        }
    }
}
