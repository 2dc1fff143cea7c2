using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Contract.V1;
using Gateway.Requests;
using Gateway.Tests.Requests;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.FailClosed;

/// <summary>The rows of customers' requests: a store that is lost is never made anew unseen, and its loss stops nothing else.</summary>
public sealed class RequestsFailClosedTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    [Row("requests missing at start")]
    public async Task Serve_RequestsLost_RefusesOnceTheLogTellsOfThem()
    {
        await using (var scene = await RequestScene.StartAsync(_settings))
        {
            await scene.ShipAsync();
        }

        RemoveStore();
        await using (var scene = await RequestScene.StartAsync(_settings))
        {
            await scene.OpenErasureAsync();
        }

        RemoveStore();
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Log__Origin"] = _settings.LogOrigin;
        var (exitCode, errors) = await ServeProcess.RefusesAsync(variables);

        exitCode.ShouldBe(ExitCode.InvalidConfiguration, errors);
        errors.ShouldContain("requests.db is missing");
        errors.ShouldContain("put the file back from its backup");
        File.Exists(_settings.Data.Requests).ShouldBeFalse();
    }

    [Fact]
    [Row("requests gone while running")]
    public async Task Calls_RequestsGone_AreRefusedWhereTheyNeedThem()
    {
        await using var scene = await RequestScene.StartAsync(
            _settings, new ShiftedClock(minute: TimeSpan.FromMilliseconds(200)), services => services.AddLogging(logging => logging.AddProvider(_logs)));
        await scene.ShipAsync();
        var request = await scene.OpenCorrectionAsync("Shipment", "", "recipient_name");
        await scene.ResolveAsync(request.Id);
        var open = await scene.OpenErasureAsync();
        var northgate = scene.Contract(RequestScene.Northgate);
        using var stream = northgate.WatchNotices(new WatchNoticesRequest(), cancellationToken: Cancellation);
        (await stream.ResponseStream.MoveNext(Cancellation)).ShouldBeTrue();
        var notice = stream.ResponseStream.Current.Notice.Id;
        var acts = (await scene.ActsAsync(RequestActs.Open)).Count;

        RemoveStore();

        await northgate.ListNoticesAsync(new ListNoticesRequest(), cancellationToken: Cancellation).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE");
        await northgate.AcknowledgeNoticeAsync(new AcknowledgeNoticeRequest { Id = notice }, cancellationToken: Cancellation).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE");
        (await Should.ThrowAsync<RpcException>(() => stream.ResponseStream.MoveNext(Cancellation))).Reason().ShouldBe("SOURCE_UNAVAILABLE");
        await UnavailableAsync(async () => await scene.Requests.ListRequestsAsync(new ListRequestsRequest(), cancellationToken: Cancellation));
        await UnavailableAsync(async () => await scene.Requests.GetRequestAsync(new GetRequestRequest { Id = open.Id }, cancellationToken: Cancellation));
        await UnavailableAsync(() => scene.OpenErasureAsync());
        await UnavailableAsync(() => scene.ResolveAsync(open.Id));
        await UnavailableAsync(async () => await scene.Obligations.ListOverdueAsync(new ListOverdueRequest(), cancellationToken: Cancellation));
        (await scene.ActsAsync(RequestActs.Open)).Count.ShouldBe(acts);
        (await scene.ActsAsync(RequestActs.Acknowledge)).ShouldBeEmpty();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(_logs.Entries.Any(e => e.Id.Name == "RequestsUnusable")));
        using var http = new HttpClient();
        var ready = await (await http.GetAsync($"http://127.0.0.1:{scene.Gateway.Local}/readyz", Cancellation)).Content.ReadAsStringAsync(Cancellation);
        ready.ShouldContain("requests of customers are refused");
        ready.ShouldContain("Degraded", Case.Insensitive);
        (await scene.ShipAsync()).Id.ShouldNotBeEmpty();
    }

    private void RemoveStore()
    {
        foreach (var file in Directory.GetFiles(_settings.Data.Root, "requests.db*").Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }
    }

    private static async Task UnavailableAsync(Func<Task> call) => (await Should.ThrowAsync<RpcException>(call)).StatusCode.ShouldBe(StatusCode.Unavailable);
}
