using Gateway.Protos.Admin.V1;
using Gateway.Protos.Contract.V1;
using Gateway.Requests;
using Gateway.Stores.Sqlite.Obligations;
using Gateway.Tests.Running;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Gateway.Tests.Requests;

/// <summary>What a partner does about its notices and about data past its time, and what it cannot do about another's.</summary>
public sealed class PartnerObligationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Acknowledge_OwnNotice_WipesKeyAndReceiptsAndAnswersAlikeAgain()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        await scene.ResolveAsync((await scene.OpenErasureAsync()).Id);
        var notice = (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem();
        RequestScene.FilesWith(scene.Gateway.Settings, notice.RecordKey).ShouldContain(f => f.StartsWith("requests.db", StringComparison.Ordinal), "it is looked for where it is");
        var request = new AcknowledgeNoticeRequest { Id = notice.Id };

        var first = await scene.Contract(RequestScene.Northgate).AcknowledgeNoticeAsync(request, cancellationToken: Cancellation);
        var again = await scene.Contract(RequestScene.Northgate).AcknowledgeNoticeAsync(request, cancellationToken: Cancellation);

        again.Acknowledged.ShouldBe(first.Acknowledged);
        (await scene.NoticesAsync(RequestScene.Northgate)).ShouldBeEmpty();
        (await scene.ActsAsync(RequestActs.Acknowledge)).ShouldHaveSingleItem().Target.ShouldBe(RequestScene.Northgate);
        RequestScene.FilesWith(scene.Gateway.Settings, notice.RecordKey).ShouldAllBe(f => !f.StartsWith("requests.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Acknowledge_ForeignUnknownOrMalformed_IsOneAnswer()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        await scene.ResolveAsync((await scene.OpenErasureAsync()).Id);
        var foreign = (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem().Id;

        foreach (var id in (string[])[foreign, Guid.NewGuid().ToString("D"), "", "no id"])
        {
            await scene.Contract(RequestScene.Harbour).AcknowledgeNoticeAsync(new AcknowledgeNoticeRequest { Id = id }, cancellationToken: Cancellation)
                .ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
        }

        (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem();
        (await scene.ActsAsync(RequestActs.Acknowledge)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Watch_OpenAndNewNotices_AreRecordedBeforeTheyCome()
    {
        await using var scene = await RequestScene.StartAsync();
        await scene.ShipAsync();
        using var stream = scene.Contract(RequestScene.Northgate).WatchNotices(new WatchNoticesRequest(), cancellationToken: Cancellation);
        await scene.ResolveAsync((await scene.OpenCorrectionAsync("Shipment", "", "recipient_name")).Id);

        (await stream.ResponseStream.MoveNext(Cancellation)).ShouldBeTrue();
        var message = stream.ResponseStream.Current;

        message.Notice.Fields.ShouldBe(["recipient_name"]);
        (await scene.EntriesAsync()).ShouldContain(e => e.Id() == message.Receipt.Id && e.Method.EndsWith("/WatchNotices", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ConfirmDeletion_OwnForeignAndUnknownReceipts_AreCountedWithoutTellingForeignFromUnknown()
    {
        await using var scene = await RequestScene.StartAsync();
        var own = (await scene.ShipAsync()).Id;
        var foreign = (await scene.DeliverAsync()).Id;
        var northgate = scene.Contract(RequestScene.Northgate);
        var request = new ConfirmDeletionRequest { Receipts = { own, own, foreign, Guid.CreateVersion7().ToString("D") } };

        var first = await northgate.ConfirmDeletionAsync(request, cancellationToken: Cancellation);
        var again = await northgate.ConfirmDeletionAsync(request, cancellationToken: Cancellation);

        (first.Confirmed, first.Records, first.AlreadyConfirmed, first.Unknown).ShouldBe((1, 1, 0, 2));
        (again.Confirmed, again.Records, again.AlreadyConfirmed, again.Unknown).ShouldBe((0, 0, 1, 2));
        var act = (await scene.ActsAsync(ObligationActs.Confirm)).ShouldHaveSingleItem();
        act.Deletion.Receipts.Length.ShouldBe(16, "only the caller's own is recorded");
    }

    [Fact]
    public async Task ConfirmDeletion_Malformed_IsInvalid()
    {
        await using var scene = await RequestScene.StartAsync();
        var receipt = (await scene.ShipAsync()).Id;
        var past = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddDays(-1));
        ConfirmDeletionRequest[] malformed =
        [
            new(),
            new() { Receipts = { receipt }, ReleasedBefore = past },
            new() { Receipts = { receipt }, Purpose = RequestScene.Warehousing },
            new() { Receipts = { "no receipt" } },
            new() { Receipts = { Enumerable.Range(0, 1001).Select(_ => Guid.NewGuid().ToString("D")) } },
            new() { ReleasedBefore = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(1)) },
            new() { ReleasedBefore = new Timestamp { Seconds = long.MaxValue } },
            new() { ReleasedBefore = past, Purpose = "essential.fraud_detection" },
        ];

        foreach (var request in malformed)
        {
            await scene.Contract(RequestScene.Northgate).ConfirmDeletionAsync(request, cancellationToken: Cancellation).ShouldBeRefusedAsync("INVALID_REQUEST");
        }

        (await scene.ActsAsync(ObligationActs.Confirm)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Overdue_PastDeleteBy_IsListedUntilItIsConfirmedByLetter()
    {
        var clock = new ShiftedClock();
        await using var scene = await RequestScene.StartAsync(clock);
        await scene.ShipAsync();
        var shipped = await scene.ShipAsync();
        var overdue = new ListOverdueRequest { Partner = RequestScene.Northgate };
        (await scene.Obligations.ListOverdueAsync(overdue, cancellationToken: Cancellation)).Owed.ShouldBeEmpty();

        clock.PutForward(shipped.DeleteBy.ToDateTimeOffset() - clock.GetUtcNow() + TimeSpan.FromSeconds(1));

        var owed = (await scene.Obligations.ListOverdueAsync(overdue, cancellationToken: Cancellation)).Owed.ShouldHaveSingleItem();
        (owed.Purpose, owed.Entries, owed.Records).ShouldBe((RequestScene.Warehousing, 2L, 2L));
        owed.PrivacyContact.ShouldNotBeEmpty();
        var letter = new ConfirmByLetterRequest
        {
            Partner = RequestScene.Northgate, ReleasedBefore = Timestamp.FromDateTimeOffset(clock.GetUtcNow()), Reason = "letter of today, file 17",
        };
        (await scene.Obligations.ConfirmByLetterAsync(letter, cancellationToken: Cancellation)).Confirmed.ShouldBe(2);
        (await scene.Obligations.ListOverdueAsync(overdue, cancellationToken: Cancellation)).Owed.ShouldBeEmpty();
        (await scene.ActsAsync(ObligationActs.Confirm)).ShouldHaveSingleItem().Actor.ShouldBe("privacy-officer");
        letter.ReleasedBefore = Timestamp.FromDateTimeOffset(clock.GetUtcNow().AddDays(1));
        (await Should.ThrowAsync<RpcException>(async () => await scene.Obligations.ConfirmByLetterAsync(letter, cancellationToken: Cancellation)))
            .StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task AgreementEnded_WhileDown_StartsTheChecklistOnce()
    {
        var settings = RunningGateway.Prepare();
        try
        {
            await using (var before = await RequestScene.StartAsync(settings))
            {
                await before.ShipAsync();
            }

            File.Delete(Path.Combine(settings.Contracts.FullName, "northgate-warehouse.yaml"));
            for (var start = 0; start < 2; start++)
            {
                await using var scene = await RequestScene.StartAsync(settings);
                await PartnerAsks.EventuallyAsync(async () => (await scene.ActsAsync(ObligationActs.Ended)).Count > 0);
                (await scene.ActsAsync(ObligationActs.Ended)).ShouldHaveSingleItem().Target.ShouldBe(RequestScene.Northgate);
                var list = await scene.Obligations.GetChecklistAsync(new GetChecklistRequest { Partner = RequestScene.Northgate }, cancellationToken: Cancellation);
                (list.Done, list.Owed.ShouldHaveSingleItem().Entries, list.Keys.Count).ShouldBe((false, 1L, 1));
                list.Ended.ShouldNotBeNull();
            }
        }
        finally
        {
            Directory.Delete(settings.Data.Root, recursive: true);
        }
    }

    [Fact]
    public async Task RequestsOverdue_AtTheNextStart_AreAnAlarmAndTold()
    {
        var settings = RunningGateway.Prepare();
        try
        {
            await using (var before = await RequestScene.StartAsync(settings))
            {
                await before.OpenErasureAsync();
            }

            using var alarms = new RaisedAlarms();
            var clock = new ShiftedClock();
            clock.PutForward(TimeSpan.FromDays(32));
            await using var scene = await RequestScene.StartAsync(settings, clock);

            await PartnerAsks.EventuallyAsync(() => Task.FromResult(alarms.Has("request_overdue")));
            using var http = new HttpClient();
            (await (await http.GetAsync($"http://127.0.0.1:{scene.Gateway.Local}/readyz", Cancellation)).Content.ReadAsStringAsync(Cancellation))
                .ShouldContain("gateway requests list --overdue");
        }
        finally
        {
            Directory.Delete(settings.Data.Root, recursive: true);
        }
    }
}
