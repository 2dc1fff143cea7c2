using Gateway.Protos.Admin.V1;
using Gateway.Protos.Contract.V1;
using Gateway.Tests.Requests;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Canary;

/// <summary>
/// A customer's words and id and the keys of their records are in the store of requests until all is done, and nowhere else, ever.
/// </summary>
public sealed class RequestCanaryTests : IDisposable
{
    private readonly Secrets _secrets = new();
    private readonly CapturedLogs _logs = new();
    private readonly CapturedTelemetry _telemetry = new();
    private readonly List<string> _said = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryAct_AtTraceLevel_LeavesNothingInLogsSpansMetricsErrorsOrFiles()
    {
        var settings = RunningGateway.Prepare();
        try
        {
            string metrics, ready, telemetry;
            await using (var scene = await RequestScene.StartAsync(settings, more: AddCaptures))
            {
                _secrets.Add("subject", RequestScene.Order.CustomerId);
                _secrets.Add("order", RequestScene.Order.OrderId);
                _secrets.Add("parcel", RequestScene.Order.ParcelId);
                await scene.ShipAsync();
                await scene.DeliverAsync();
                await CorrectAsync(scene);
                await EraseAsync(scene);
                await RefusedAsync(scene);
                foreach (var partner in (string[])[RequestScene.Northgate, RequestScene.Harbour])
                {
                    foreach (var notice in await scene.NoticesAsync(partner))
                    {
                        await scene.Contract(partner).AcknowledgeNoticeAsync(new AcknowledgeNoticeRequest { Id = notice.Id }, cancellationToken: Cancellation);
                    }
                }

                using var local = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{scene.Gateway.Local}") };
                metrics = await local.GetStringAsync("/metrics", Cancellation);
                ready = await local.GetStringAsync("/readyz", Cancellation);
                telemetry = _telemetry.AllText(scene.Gateway.Services);
            }

            var canaries = _secrets.Except();
            canaries.ShouldBeAbsentFrom("logs", _logs.AllText);
            canaries.ShouldBeAbsentFrom("spans and metrics", telemetry);
            canaries.ShouldBeAbsentFrom("/metrics", metrics);
            canaries.ShouldBeAbsentFrom("/readyz", ready);
            canaries.ShouldBeAbsentFrom("status messages and trailers", string.Join('\n', _said));
            var searched = new List<string>();
            foreach (var path in Directory.EnumerateFiles(settings.Data.Root, "*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(settings.Data.Root, path);
                if (!name.StartsWith("shop.db", StringComparison.Ordinal))
                {
                    canaries.ShouldBeAbsentFrom(name, File.ReadAllBytes(path));
                    searched.Add(name);
                }
            }

            searched.ShouldContain(n => n == "requests.db");
            searched.ShouldContain(n => n == "log.db");
        }
        finally
        {
            Directory.Delete(settings.Data.Root, recursive: true);
        }
    }

    public void Dispose() => _logs.Dispose();

    private async Task CorrectAsync(RequestScene scene)
    {
        var request = await scene.OpenCorrectionAsync("Shipment", _secrets["words"], "address", "recipient_name");
        (await scene.Requests.GetRequestAsync(new GetRequestRequest { Id = request.Id }, cancellationToken: Cancellation)).Words.ShouldBe(_secrets["words"]);
        RequestScene.FilesWith(scene.Gateway.Settings, _secrets["words"]).ShouldAllBe(f => f.StartsWith("requests.db", StringComparison.Ordinal));
        RequestScene.FilesWith(scene.Gateway.Settings, _secrets["words"]).ShouldNotBeEmpty("it is looked for where it is");
        var named = $"asked for {_secrets["subject"]}";
        await SaidAsync(scene.Requests.ExtendRequestAsync(new ExtendRequestRequest { Id = request.Id, Months = 1, Reason = named }, cancellationToken: Cancellation));
        await SaidAsync(scene.Requests.ResolveRequestAsync(
            new ResolveRequestRequest { Id = request.Id, Outcome = RequestOutcome.Done, Reason = named }, cancellationToken: Cancellation));
        await scene.Requests.ExtendRequestAsync(new ExtendRequestRequest { Id = request.Id, Months = 1, Reason = "many orders" }, cancellationToken: Cancellation);
        (await scene.ResolveAsync(request.Id)).Notices.ShouldBe(1);
        (await scene.NoticesAsync(RequestScene.Northgate)).ShouldHaveSingleItem().RecordKey.ShouldBe(_secrets["order"]);
    }

    private async Task EraseAsync(RequestScene scene)
    {
        var erasure = await scene.OpenErasureAsync(_secrets["last-words"]);
        var officer = new ErasureService.ErasureServiceClient(scene.Staff("privacy-officer"));
        await officer.HoldSubjectAsync(new HoldSubjectRequest { SubjectId = _secrets["subject"], Reason = "claim 17" }, cancellationToken: Cancellation);
        await SaidAsync(scene.Requests.ResolveRequestAsync(
            new ResolveRequestRequest { Id = erasure.Id, Outcome = RequestOutcome.Done, Reason = "as asked" }, cancellationToken: Cancellation));
        await officer.ReleaseSubjectAsync(new ReleaseSubjectRequest { SubjectId = _secrets["subject"], Reason = "settled" }, cancellationToken: Cancellation);
        var refused = await scene.OpenErasureAsync(_secrets["other-words"]);
        await scene.ResolveAsync(refused.Id, RequestOutcome.Refused);
        (await scene.ResolveAsync(erasure.Id)).Notices.ShouldBe(2);
    }

    // What partners and staff sent and was refused.
    private async Task RefusedAsync(RequestScene scene)
    {
        OpenRequestRequest Open(string subject, string record, string field, string words) =>
            new() { SubjectId = subject, Kind = RequestKind.Rectification, Record = record, Fields = { field }, Words = words };
        await SaidAsync(scene.Requests.OpenRequestAsync(Open(_secrets["stranger"], _secrets["record"], "address", _secrets["lost-words"]), cancellationToken: Cancellation));
        await SaidAsync(scene.Requests.OpenRequestAsync(Open(_secrets["stranger"], "Shipment", _secrets["field"], _secrets["lost-words"]), cancellationToken: Cancellation));
        await SaidAsync(scene.Requests.OpenRequestAsync(
            Open(_secrets["stranger"], "Shipment", "address", _secrets["long-words"] + new string('x', 5000)), cancellationToken: Cancellation));
        await SaidAsync(scene.Requests.GetRequestAsync(new GetRequestRequest { Id = _secrets["request"] }, cancellationToken: Cancellation));
        await SaidAsync(scene.Requests.ListRequestsAsync(new ListRequestsRequest { PageToken = _secrets["staff-token"] }, cancellationToken: Cancellation));
        var northgate = scene.Contract(RequestScene.Northgate);
        await SaidAsync(northgate.ListNoticesAsync(new ListNoticesRequest { PageToken = _secrets["token"] }, cancellationToken: Cancellation));
        await SaidAsync(northgate.AcknowledgeNoticeAsync(new AcknowledgeNoticeRequest { Id = _secrets["notice"] }, cancellationToken: Cancellation));
        await SaidAsync(northgate.ConfirmDeletionAsync(new ConfirmDeletionRequest { Receipts = { _secrets["receipt"] } }, cancellationToken: Cancellation));
        await SaidAsync(northgate.ConfirmDeletionAsync(
            new ConfirmDeletionRequest { ReleasedBefore = new() { Seconds = 1 }, Purpose = _secrets["purpose"] }, cancellationToken: Cancellation));
        await SaidAsync(scene.Obligations.ConfirmByLetterAsync(
            new ConfirmByLetterRequest { Partner = _secrets["partner"], ReleasedBefore = new() { Seconds = 1 }, Reason = "letter" }, cancellationToken: Cancellation));
        await SaidAsync(scene.Obligations.GetChecklistAsync(new GetChecklistRequest { Partner = _secrets["partner"] }, cancellationToken: Cancellation));
    }

    private async Task SaidAsync<T>(AsyncUnaryCall<T> call)
    {
        var refused = await Should.ThrowAsync<RpcException>(async () => await call);
        _said.Add(refused.Status.Detail);
        _said.AddRange(refused.Trailers.Select(t => t.IsBinary ? System.Text.Encoding.Latin1.GetString(t.ValueBytes) : t.Value));
    }

    private void AddCaptures(IServiceCollection services)
    {
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs));
        _telemetry.AddTo(services);
    }
}
