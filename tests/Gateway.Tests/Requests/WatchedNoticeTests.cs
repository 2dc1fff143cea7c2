using Gateway.Configuration;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Contract.V1;
using Gateway.Stores.Sqlite.Obligations;
using Gateway.Tests.Running;
using Grpc.Core;

namespace Gateway.Tests.Requests;

/// <summary>Notices in pages and as a stream, and what ends while the gateway runs.</summary>
public sealed class WatchedNoticeTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task List_MoreThanAPage_GoesOnWhereItEnded()
    {
        await using var scene = await RequestScene.StartAsync(_settings);
        await scene.ShipAsync();
        await scene.DeliverAsync();
        for (var i = 0; i < 3; i++)
        {
            await CorrectAsync(scene, "Shipment");
        }

        await CorrectAsync(scene, "Parcel");
        var northgate = scene.Contract(RequestScene.Northgate);
        var all = await scene.NoticesAsync(RequestScene.Northgate);
        all.Count.ShouldBe(3);

        var first = await northgate.ListNoticesAsync(new ListNoticesRequest { PageSize = 2 }, cancellationToken: Cancellation);
        first.NextPageToken.ShouldNotBeEmpty();
        // What is acknowledged or comes between two pages moves nothing.
        await northgate.AcknowledgeNoticeAsync(new AcknowledgeNoticeRequest { Id = all[0].Id }, cancellationToken: Cancellation);
        await CorrectAsync(scene, "Shipment");
        var second = await northgate.ListNoticesAsync(new ListNoticesRequest { PageSize = 2, PageToken = first.NextPageToken }, cancellationToken: Cancellation);

        first.Notices.Select(n => n.Id).ShouldBe(all.Take(2).Select(n => n.Id));
        second.Notices.Count.ShouldBe(2);
        second.Notices[0].Id.ShouldBe(all[2].Id);
        second.NextPageToken.ShouldBeEmpty();
        (await scene.EntriesAsync()).ShouldContain(e => e.Id() == second.Receipt.Id);
        await scene.Contract(RequestScene.Harbour).ListNoticesAsync(new ListNoticesRequest { PageToken = first.NextPageToken }, cancellationToken: Cancellation)
            .ShouldBeRefusedAsync("INVALID_REQUEST");
        ListNoticesRequest[] malformed = [new() { PageToken = "no token" }, new() { PageSize = -1 }, new() { PageSize = 101 }];
        foreach (var request in malformed)
        {
            await northgate.ListNoticesAsync(request, cancellationToken: Cancellation).ShouldBeRefusedAsync("INVALID_REQUEST");
        }
    }

    [Fact]
    public async Task Watch_PartnerSuspended_EndsAndTellsNothingMore()
    {
        await using var scene = await RequestScene.StartAsync(_settings);
        await scene.ShipAsync();
        await CorrectAsync(scene, "Shipment");
        using var stream = scene.Contract(RequestScene.Northgate).WatchNotices(new WatchNoticesRequest(), cancellationToken: Cancellation);
        (await stream.ResponseStream.MoveNext(Cancellation)).ShouldBeTrue();

        await new AdminService.AdminServiceClient(scene.Staff("security-analyst")).SuspendPartnerAsync(
            new SuspendPartnerRequest { Id = RequestScene.Northgate, Reason = "key stolen" }, cancellationToken: Cancellation);
        await CorrectAsync(scene, "Shipment");

        // Its connections are cut as well: whichever comes first ends it.
        await Should.ThrowAsync<RpcException>(() => stream.ResponseStream.MoveNext(Cancellation));
        using var again = scene.Contract(RequestScene.Northgate).WatchNotices(new WatchNoticesRequest(), cancellationToken: Cancellation);
        (await Should.ThrowAsync<RpcException>(() => again.ResponseStream.MoveNext(Cancellation))).Reason().ShouldBe("PARTNER_SUSPENDED");
        (await WatchedAsync(scene)).Count(e => e.Refusal.Length == 0).ShouldBe(1, "what came before");
    }

    [Fact]
    public async Task AgreementExpired_WhileRunning_StartsTheChecklistOnce()
    {
        var clock = new ShiftedClock(minute: TimeSpan.FromMilliseconds(200));
        ExpireAfter("northgate-warehouse", clock, days: 10);
        ExpireAfter("southgate-warehouse", clock, days: 20);
        using var alarms = new RaisedAlarms();
        await using var scene = await RequestScene.StartAsync(_settings, clock);
        await scene.ShipAsync();
        (await scene.ActsAsync(ObligationActs.Ended)).ShouldBeEmpty();

        clock.PutForward(TimeSpan.FromDays(12));
        await PartnerAsks.EventuallyAsync(async () => (await scene.ActsAsync(ObligationActs.Ended)).Count > 0);
        var list = await scene.Obligations.GetChecklistAsync(new GetChecklistRequest { Partner = RequestScene.Northgate }, cancellationToken: Cancellation);
        (list.Done, list.Owed.ShouldHaveSingleItem().Entries, list.Agreements.Count).ShouldBe((false, 1L, 1));
        list.Ended.ShouldNotBeNull();
        alarms.Has("agreement_ended").ShouldBeTrue();

        // The other's end shows that it was looked again.
        clock.PutForward(TimeSpan.FromDays(10));
        await PartnerAsks.EventuallyAsync(async () => (await scene.ActsAsync(ObligationActs.Ended)).Any(a => a.Target == "southgate-warehouse"));
        var act = (await scene.ActsAsync(ObligationActs.Ended)).Where(a => a.Target == RequestScene.Northgate).ShouldHaveSingleItem();
        act.Reason.ShouldContain("DPA-2026-014 expired");
    }

    private void ExpireAfter(string contract, ShiftedClock clock, int days)
    {
        var path = Path.Combine(_settings.Contracts.FullName, contract + ".yaml");
        var day = clock.GetUtcNow().AddDays(days).UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        File.WriteAllText(path, File.ReadAllText(path).Replace("expires: 2035-12-31", $"expires: {day}", StringComparison.Ordinal));
    }

    private static async Task CorrectAsync(RequestScene scene, string record) =>
        await scene.ResolveAsync((await scene.OpenCorrectionAsync(record, "", "recipient_name")).Id);

    private static async Task<List<Protos.Log.V1.Entry>> WatchedAsync(RequestScene scene) =>
        [.. (await scene.EntriesAsync()).Where(e => e.Method.EndsWith("/WatchNotices", StringComparison.Ordinal))];
}
