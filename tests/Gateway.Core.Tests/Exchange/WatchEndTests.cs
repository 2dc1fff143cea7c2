using Gateway.Core.Exchange;
using Gateway.Core.Sources;
using Gateway.Core.Tests.Contracts;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Tests.Exchange;

public sealed class WatchEndTests
{
    private readonly ExchangeScene _scene = new();

    [Fact]
    public async Task Agreement_EndsInMidStream_EndsIt()
    {
        _scene.PutShipment("A-1");
        var call = _scene.Open(ExchangeScene.WatchShipments, ExchangeScene.Connection(notAfter: ExchangeScene.Start.AddYears(9)));
        using var watch = await RunningWatch.StartAsync(_scene, call: call);
        _scene.Clock.Advance(TimeSpan.FromDays(700));
        await RunningWatch.RoundAsync(_scene, watch);

        await ShouldEndAsync(watch, RefusalReason.AgreementNotInForce);
    }

    [Fact]
    public async Task Method_TakenAwayInMidStream_EndsIt()
    {
        using var watch = await StartedAsync();
        _scene.Reload(ExchangeContracts.NorthgateFile.Replace(", WatchShipments]", "]"), ExchangeContracts.CedarFile);
        await RunningWatch.RoundAsync(_scene, watch);

        await ShouldEndAsync(watch, RefusalReason.MethodNotGranted);
    }

    [Fact]
    public async Task Quota_InMidStream_EndsItWithNothingOfTheRun()
    {
        _scene.Reload(ExchangeContracts.NorthgateFile.Replace("subjects_per_day: 5000", "subjects_per_day: 2"), ExchangeContracts.CedarFile);
        using var watch = await StartedAsync();
        _scene.PutShipment("A-2", updated: _scene.Clock.GetUtcNow());
        _scene.PutShipment("A-3", updated: _scene.Clock.GetUtcNow());
        await RunningWatch.RoundAsync(_scene, watch);

        await ShouldEndAsync(watch, RefusalReason.SubjectQuotaExceeded);
        watch.Keys.ShouldBe(["A-1"]);
        _scene.Safeguards.Heard.ShouldBe(["tripped SubjectQuota northgate-warehouse"]);
    }

    [Fact]
    public async Task Source_GoneInMidStream_EndsIt()
    {
        using var watch = await StartedAsync();
        _scene.Source.Fault = new SourceException("gone");
        await RunningWatch.RoundAsync(_scene, watch);

        await ShouldEndAsync(watch, RefusalReason.SourceUnavailable);
    }

    [Fact]
    public async Task Log_GoneInMidStream_EndsItUnansweredAndWithoutAReceipt()
    {
        using var watch = await StartedAsync();
        _scene.Log.Unavailable = true;
        _scene.PutShipment("A-2", updated: _scene.Clock.GetUtcNow());
        await RunningWatch.RoundAsync(_scene, watch);

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.LogUnavailable);
        watch.Keys.ShouldBe(["A-1"]);
        watch.Call.Recorded.ShouldBeFalse();
        _scene.Entries.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Log_GoneWhenARefusalEndsTheStream_GivesNoReceipt()
    {
        using var watch = await StartedAsync();
        _scene.Log.Unavailable = true;
        _scene.Suspend(ExchangeContracts.Northgate);
        await RunningWatch.RoundAsync(_scene, watch);

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.LogUnavailable);
        watch.Call.Recorded.ShouldBeFalse();
    }

    [Fact]
    public async Task Caller_Leaves_NeedsNoEntryOfItsOwn()
    {
        using var watch = await StartedAsync();
        await watch.CancelAsync();

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.Cancelled);
        _scene.Entries.Length.ShouldBe(1);
    }

    [Fact]
    public async Task Caller_LeavesBeforeAnythingWasSent_IsRecorded()
    {
        using var watch = await RunningWatch.StartAsync(_scene);
        await watch.CancelAsync();

        (await watch.Ended)!.Reason.ShouldBe(RefusalReason.Cancelled);
        _scene.Entries.Single().Refusal.ShouldBe("CANCELLED");
    }

    [Fact]
    public async Task Gateway_Stops_EndsItInOrderWithoutARefusal()
    {
        using var watch = await StartedAsync();
        await watch.StopAsync();

        (await watch.Ended).ShouldBeNull();
        _scene.Entries.ShouldAllBe(e => e.Kind == Kind.Disclosure);
        watch.Call.Settled.ShouldBeTrue();
    }

    [Fact]
    public async Task Deadline_OfTheStream_IsRecordedAsSuch()
    {
        _scene.PutShipment("A-1");
        var call = _scene.Open(ExchangeScene.WatchShipments, deadline: ExchangeScene.Start.AddSeconds(1));
        using var watch = await RunningWatch.StartAsync(_scene, call: call);
        await RunningWatch.RoundAsync(_scene, watch);
        _scene.Clock.Advance(TimeSpan.FromMilliseconds(499));
        await RunningWatch.RoundAsync(_scene, watch);
        await watch.CancelAsync();

        await ShouldEndAsync(watch, RefusalReason.Deadline);
    }

    private async Task<RunningWatch> StartedAsync()
    {
        _scene.PutShipment("A-1");
        var watch = await RunningWatch.StartAsync(_scene);
        watch.Keys.ShouldBe(["A-1"]);
        return watch;
    }

    private async Task ShouldEndAsync(RunningWatch watch, RefusalReason reason)
    {
        (await watch.Ended)!.Reason.ShouldBe(reason);
        var last = _scene.Entries[^1];
        last.Kind.ShouldBe(Kind.Refusal);
        last.Refusal.ShouldBe(Refusals.Of(reason).Name);
        last.Receipt.ToByteArray().ShouldBe(watch.Call.Receipt.Value.ToByteArray(bigEndian: true));
        _scene.Entries.Select(e => e.Receipt).Distinct().Count().ShouldBe(_scene.Entries.Length);
        watch.Call.Recorded.ShouldBeTrue();
    }
}
