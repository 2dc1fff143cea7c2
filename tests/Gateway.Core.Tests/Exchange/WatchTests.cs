using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Tests.Contracts;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Tests.Exchange;

public sealed class WatchTests
{
    private readonly ExchangeScene _scene = new();

    [Fact]
    public async Task Start_ManyOpen_SendsRunsOfAtMost256UnderOneReceiptEach()
    {
        for (var i = 0; i < 600; i++)
        {
            _scene.PutShipment($"A-{i:d4}", updated: ExchangeScene.Start.AddMinutes(-i));
        }

        using var watch = await RunningWatch.StartAsync(_scene);

        watch.Received.GroupBy(r => r.Receipt.Id, StringComparer.Ordinal).Select(g => g.Count()).ShouldBe([256, 256, 88]);
        watch.Keys.Distinct(StringComparer.Ordinal).Count().ShouldBe(600);
        _scene.Entries.Select(e => e.Records.Length / SubjectKey.PseudonymSize).ShouldBe([256, 256, 88]);
        _scene.Entries.Select(Receipt).ShouldBe(watch.Received.Select(r => r.Receipt.Id).Distinct(StringComparer.Ordinal));
        watch.Received.ShouldAllBe(r => r.Receipt.DeleteBy != null && r.ResumeToken.Length > 0);
    }

    [Fact]
    public async Task Scope_IsToldOnTheFirstMessageAndWhereItChanges()
    {
        _scene.PutShipment("A-1");
        _scene.PutShipment("A-2");
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.PutShipment("A-3", updated: _scene.Clock.GetUtcNow().AddMilliseconds(100));
        await RunningWatch.RoundAsync(_scene, watch);
        _scene.Reload(ExchangeContracts.NorthgateFile.Replace("[order_id, recipient_name, address.street]", "[order_id]"), ExchangeContracts.CedarFile);
        _scene.PutShipment("A-4", updated: _scene.Clock.GetUtcNow());
        await RunningWatch.RoundAsync(_scene, watch);

        watch.Received.Select(r => r.Receipt.Scope is not null).ShouldBe([true, false, false, true]);
        watch.Received[2].Shipment.RecipientName.ShouldNotBeEmpty();
        watch.Received[3].Shipment.RecipientName.ShouldBeEmpty();
        watch.Received[3].Receipt.Scope.Withheld.ShouldContain(w => w.Path == "recipient_name");
    }

    [Fact]
    public async Task Change_IsSentOnceAndHoldsGrantedFieldsOnly()
    {
        _scene.PutShipment("A-1");
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.PutShipment("A-1", updated: _scene.Clock.GetUtcNow().AddMilliseconds(1));
        for (var i = 0; i < 15; i++)
        {
            await RunningWatch.RoundAsync(_scene, watch);
        }

        watch.Keys.ShouldBe(["A-1", "A-1"]);
        watch.Received.ShouldAllBe(r => r.Shipment.GiftMessage == "" && r.Shipment.Address.Locality == "" && r.Shipment.PhoneNumber == "123");
        _scene.Entries.Length.ShouldBe(2);
    }

    [Fact]
    public async Task LateCommit_CarryingAnEarlierInstant_IsNotLost()
    {
        _scene.PutShipment("A-1");
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.PutShipment("A-2", updated: _scene.Clock.GetUtcNow().AddSeconds(-3));
        await RunningWatch.RoundAsync(_scene, watch);

        watch.Keys.ShouldBe(["A-1", "A-2"]);
    }

    [Fact]
    public async Task Row_DatedAhead_HidesNoOther()
    {
        _scene.PutShipment("A-ahead", updated: _scene.Clock.GetUtcNow().AddHours(1));
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.PutShipment("A-1", updated: _scene.Clock.GetUtcNow().AddMilliseconds(100));
        await RunningWatch.RoundAsync(_scene, watch);
        await RunningWatch.RoundAsync(_scene, watch);

        watch.Keys.ShouldBe(["A-ahead", "A-1"]);
    }

    [Fact]
    public async Task Departures_AreToldForKeysGivenOnlyEachOnce()
    {
        _scene.PutShipment("A-closed");
        _scene.PutShipment("A-moved");
        _scene.Source.Put(_scene.PutShipment("A-old") with { OpenedAt = ExchangeScene.Start.AddDays(-90).AddSeconds(1) });
        using var watch = await RunningWatch.StartAsync(_scene);

        var now = _scene.Clock.GetUtcNow().AddMilliseconds(200);
        _scene.Source.Change("A-closed", r => r with { ClosedAt = now, UpdatedAt = now });
        _scene.Source.Change("A-moved", r => r with { Recipient = "southgate-warehouse", UpdatedAt = now });
        _scene.Source.Put(_scene.PutShipment("A-never", updated: now) with { ClosedAt = now });
        _scene.PutShipment("A-foreign", updated: now, recipient: "southgate-warehouse");
        for (var i = 0; i < 30; i++)
        {
            await RunningWatch.RoundAsync(_scene, watch);
        }

        watch.Tombstones.Order(StringComparer.Ordinal).ShouldBe(["A-closed Closed", "A-moved Withdrawn", "A-old Expired"]);
        watch.Received.Where(r => r.Tombstone is not null).ShouldAllBe(r => r.Receipt.DeleteBy == null && r.Shipment == null);
        var told = _scene.Entries.Where(e => e.Tombstones.Length > 0).ToArray();
        told.Sum(e => e.Tombstones.Length / SubjectKey.PseudonymSize).ShouldBe(3);
        told.ShouldAllBe(e => e.Records.Length == 0 && e.Kind == Kind.Disclosure);
    }

    [Fact]
    public async Task Reopened_AfterItsTombstone_IsSentAgainAndCanLeaveAgain()
    {
        _scene.PutShipment("A-1");
        using var watch = await RunningWatch.StartAsync(_scene);
        for (var i = 0; i < 2; i++)
        {
            await RunningWatch.RoundAsync(_scene, watch);
            _scene.Source.Change("A-1", r => r with { ClosedAt = _scene.Clock.GetUtcNow(), UpdatedAt = _scene.Clock.GetUtcNow() });
            await RunningWatch.RoundAsync(_scene, watch);
            _scene.Source.Change("A-1", r => r with { ClosedAt = null, UpdatedAt = _scene.Clock.GetUtcNow() });
        }

        await RunningWatch.RoundAsync(_scene, watch);

        watch.Received.Select(r => r.Tombstone is null ? "sent" : "gone").ShouldBe(["sent", "gone", "sent", "gone", "sent"]);
    }

    [Fact]
    public async Task TwoStreams_OfOnePartner_EachGetEverything()
    {
        _scene.PutShipment("A-1");
        using var one = await RunningWatch.StartAsync(_scene);
        using var two = await RunningWatch.StartAsync(_scene);
        _scene.PutShipment("A-2", updated: _scene.Clock.GetUtcNow());
        await RunningWatch.RoundAsync(_scene, one, two);

        one.Keys.ShouldBe(["A-1", "A-2"]);
        two.Keys.ShouldBe(["A-1", "A-2"]);
        _scene.Entries.Select(Receipt).Distinct(StringComparer.Ordinal).Count().ShouldBe(4);
    }

    [Fact]
    public async Task Receipts_OfEveryEntryOfAStream_AreDistinct()
    {
        _scene.PutShipment("A-1");
        using var watch = await RunningWatch.StartAsync(_scene);
        _scene.Source.Change("A-1", r => r with { ClosedAt = _scene.Clock.GetUtcNow(), UpdatedAt = _scene.Clock.GetUtcNow() });
        await RunningWatch.RoundAsync(_scene, watch);
        _scene.Suspend(ExchangeContracts.Northgate);
        await RunningWatch.RoundAsync(_scene, watch);

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.PartnerSuspended);
        _scene.Entries.Length.ShouldBe(3);
        _scene.Entries.Select(Receipt).Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        _scene.Entries[^1].Refusal.ShouldBe("PARTNER_SUSPENDED");
        Receipt(_scene.Entries[^1]).ShouldBe(watch.Call.Receipt.ToString());
    }

    private static string Receipt(Entry entry) => new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)).ToString();
}
