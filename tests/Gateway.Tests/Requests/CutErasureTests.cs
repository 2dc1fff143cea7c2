using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Requests;
using Gateway.Protos.Admin.V1;
using Gateway.Requests;
using Gateway.Stores.Sqlite.Requests;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RequestState = Gateway.Protos.Admin.V1.RequestState;

namespace Gateway.Tests.Requests;

/// <summary>An erasure whose notices were durable when the process ended: the next start finishes it, whatever of it was done.</summary>
public sealed class CutErasureTests : IDisposable
{
    private const string Words = "please forget me, Quillfeather Lane 7";

    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private string _request = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_ErasureBegun_ForgetsTellsAndWipes(bool forgotten)
    {
        await CutAsync(async (scene, officer) =>
        {
            if (forgotten)
            {
                await officer.ForgetSubjectAsync(new ForgetSubjectRequest { SubjectId = RequestScene.Order.CustomerId, Reason = "cut" }, cancellationToken: Cancellation);
            }
        });
        RequestScene.FilesWith(_settings, Words).ShouldNotBeEmpty("it is looked for where it is");

        await using var scene = await RequestScene.StartAsync(_settings);
        await PartnerAsks.EventuallyAsync(async () => await StateAsync(scene) == RequestState.Done);

        (await scene.Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(RequestScene.Order.CustomerId)).ShouldBeNull();
        var notice = (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem();
        (notice.Kind, notice.RecordKey, notice.ReceiptCount).ShouldBe((Protos.Contract.V1.NoticeKind.Erased, RequestScene.Order.OrderId, 1));
        RequestScene.FilesWith(_settings, Words).ShouldBeEmpty();
        RequestScene.FilesWith(_settings, RequestScene.Order.CustomerId).ShouldBeEmpty();
        // Asked for again where it was done already, and recorded as what was not found.
        (await scene.ActsAsync("subject.forget")).Where(a => a.Target != "unknown").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Start_ErasureBegunAndHeldMeanwhile_IsOpenAgainAndTellsNobody()
    {
        await CutAsync(async (_, officer) => await officer.HoldSubjectAsync(
            new HoldSubjectRequest { SubjectId = RequestScene.Order.CustomerId, Reason = "claim 17" }, cancellationToken: Cancellation));

        using var logs = new CapturedLogs();
        await using var scene = await RequestScene.StartAsync(_settings, more: services => services.AddLogging(logging => logging.AddProvider(logs)));
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(logs.Entries.Any(e => e.Id.Name == "ErasureReopened")));

        (await StateAsync(scene)).ShouldBe(RequestState.Open);
        logs.Entries.ShouldNotContain(e => e.Id.Name == "ErasureNotFinished");

        (await scene.Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(RequestScene.Order.CustomerId)).ShouldNotBeNull();
        (await scene.NoticesAsync(RequestScene.Northgate)).ShouldBeEmpty();
        (await scene.ActsAsync(RequestActs.Reopen)).ShouldHaveSingleItem().Target.ShouldBe(await scene.MarkAsync());
        (await scene.Requests.GetRequestAsync(new GetRequestRequest { Id = _request }, cancellationToken: Cancellation)).Words.ShouldBe(Words);
    }

    /// <summary>A gateway that ended right after the notices were durable, as its store shows it, and what happened besides.</summary>
    private async Task CutAsync(Func<RequestScene, ErasureService.ErasureServiceClient, Task> besides)
    {
        ReceiptId receipt;
        await using (var scene = await RequestScene.StartAsync(_settings))
        {
            ReceiptId.TryParse((await scene.ShipAsync()).Id, out receipt).ShouldBeTrue();
            _request = (await scene.OpenErasureAsync(Words)).Id;
            await besides(scene, new ErasureService.ErasureServiceClient(scene.Staff("privacy-officer")));
        }

        using var store = SqliteRequestStore.Open(_settings.Data.Requests);
        var request = store.Find(Guid.Parse(_request))!;
        var now = TimeProvider.System.GetUtcNow();
        store.BeginErasing(request, new RequestEnd(now, "privacy-officer", "as asked"), [
            new Notice(Guid.CreateVersion7(now), RequestScene.Northgate, NoticeKind.Erased, "gateway.fulfilment.v1.Shipment",
                RequestScene.Order.OrderId, [receipt], ReceiptCount: 1, Fields: [], now)]);
        store.Notices.ListOpen(RequestScene.Northgate, after: 0, limit: 10).ShouldBeEmpty("nobody sees them before the customer is forgotten");
    }

    private async Task<RequestState> StateAsync(RequestScene scene) =>
        (await scene.Requests.ListRequestsAsync(new ListRequestsRequest { IncludeResolved = true }, cancellationToken: Cancellation))
            .Requests.Single(r => r.Id == _request).State;
}
