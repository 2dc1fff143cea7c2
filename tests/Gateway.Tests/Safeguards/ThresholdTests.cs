using Gateway.Configuration;
using Gateway.Core.Identity;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Safeguards;

/// <summary>What a contract limits: distinct persons a day, and asking for what is not there.</summary>
public sealed class ThresholdTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task SubjectQuota_PageOverIt_IsRefusedWholeAndWhatWasLeftIsStillThere()
    {
        Northgate(subjects: 3, suspendOn: "");
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        var client = new FulfilmentService.FulfilmentServiceClient(channel);
        var orders = ShopViews.OpenOrders(_settings, 4);
        await channel.GetShipment(orders[0]);

        var refused = await Batch(orders).ShouldBeRefusedAsync("SUBJECT_QUOTA_EXCEEDED");
        refused.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        refused.GetRpcStatus()!.GetDetail<Google.Rpc.QuotaFailure>().ShouldNotBeNull();
        (await Batch(orders[..3])).Shipments.Count.ShouldBe(3);
        await channel.GetShipment(orders[3]).ShouldBeRefusedAsync("SUBJECT_QUOTA_EXCEEDED");
        (await channel.GetShipment(orders[0])).Shipment.ShouldNotBeNull();

        var entry = (await LoggedEntries.ReadAsync(_settings.Log)).Single(e => e.Id() == refused.Receipt());
        entry.Records.ShouldBeEmpty();

        AsyncUnaryCall<BatchGetShipmentsResponse> Batch(IEnumerable<string> keys) => client.BatchGetShipmentsAsync(
            new BatchGetShipmentsRequest { OrderIds = { keys } }, cancellationToken: TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task SubjectQuota_StreamOverIt_EndsWithoutTheRunThatWouldPassIt()
    {
        Northgate(subjects: 3, suspendOn: "");
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        using var stream = channel.WatchShipments();

        var ended = await Should.ThrowAsync<RpcException>(async () => (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeFalse());

        ended.Reason().ShouldBe("SUBJECT_QUOTA_EXCEEDED");
        (await LoggedEntries.ReadAsync(_settings.Log)).ShouldNotContain(e => e.Kind == Kind.Disclosure);
    }

    [Fact]
    public async Task SubjectQuota_Restart_GivesNoSecondDay()
    {
        Northgate(subjects: 2, suspendOn: "");
        var orders = ShopViews.OpenOrders(_settings, 3);
        await using (var gateway = await StartAsync())
        {
            using var channel = gateway.As("northgate-warehouse");
            await channel.GetShipment(orders[0]);
            await channel.GetShipment(orders[1]);
            await channel.GetShipment(orders[2]).ShouldBeRefusedAsync("SUBJECT_QUOTA_EXCEEDED");
        }

        await using var restarted = await StartAsync();
        using var again = restarted.As("northgate-warehouse");
        await again.GetShipment(orders[2]).ShouldBeRefusedAsync("SUBJECT_QUOTA_EXCEEDED");
        (await again.GetShipment(orders[1])).Shipment.ShouldNotBeNull();
    }

    [Fact]
    public async Task SubjectQuota_ContractSaysSuspend_SuspendsByItselfAndRaisesTheAlarm()
    {
        Northgate(subjects: 2, suspendOn: "subject_quota");
        using var alarms = new RaisedAlarms();
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        using var stream = channel.WatchShipments();

        // Its own refusal, or the connection cut under it: whichever is first.
        var ended = await Should.ThrowAsync<RpcException>(async () => await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        ended.StatusCode.ShouldNotBe(StatusCode.OK);
        await ShouldBeSuspendedByItselfAsync(gateway, "northgate-warehouse", "subject_quota");
        alarms.Has("subject_quota").ShouldBeTrue();
        alarms.Has("self_suspension").ShouldBeTrue();
    }

    [Fact]
    public async Task Enumeration_MoreMissesThanTheContractAllows_SuspendsByItselfAndRaisesTheAlarm()
    {
        ContractFiles.Edit(_settings, "southgate-warehouse.yaml", t => t.Replace("misses_per_minute: 30", "misses_per_minute: 5", StringComparison.Ordinal));
        using var alarms = new RaisedAlarms();
        await using var gateway = await StartAsync();
        using var channel = gateway.As("southgate-warehouse");

        // A minute of the clock may end in between: then it takes the next one.
        string? reason;
        var asked = 0;
        do
        {
            reason = await PartnerAsks.ReasonAsync(channel.GetShipment($"A-{++asked}"));
        }
        while (reason is "RECORD_NOT_AVAILABLE" or "RATE_EXCEEDED" && asked < 60);

        asked.ShouldBeGreaterThan(5);
        await ShouldBeSuspendedByItselfAsync(gateway, "southgate-warehouse", "enumeration");
        alarms.Has("enumeration").ShouldBeTrue();
        alarms.Has("self_suspension").ShouldBeTrue();
    }

    private async Task ShouldBeSuspendedByItselfAsync(RunningGateway gateway, string partner, string threshold)
    {
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(
            gateway.Services.GetRequiredService<StandingHolder>().Current.SuspendedPartners.Contains(partner)));
        using var channel = gateway.As(partner);
        await channel.GetShipment("A-0").ShouldBeRefusedAsync("PARTNER_SUSPENDED");
        var act = default(Entry);
        await PartnerAsks.EventuallyAsync(async () =>
            (act = (await LoggedEntries.ReadAsync(_settings.Log)).SingleOrDefault(e => e.Administration?.Action == "partner.suspend")) is not null);
        act!.Administration.Actor.ShouldBe("gateway");
        act.Administration.Target.ShouldBe(partner);
        act.Administration.Reason.ShouldBe($"suspend_on: {threshold}");
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(_logs.Entries.Any(e => e.Id.Name == "PartnerSelfSuspended")));
    }

    private void Northgate(int subjects, string suspendOn) => ContractFiles.Edit(_settings, "northgate-warehouse.yaml", t => t
        .Replace("subjects_per_day: 5000", $"subjects_per_day: {subjects}", StringComparison.Ordinal)
        .Replace("suspend_on: [subject_quota, enumeration]", $"suspend_on: [{suspendOn}]", StringComparison.Ordinal));

    private Task<RunningGateway> StartAsync() =>
        RunningGateway.StartAsync(_settings, TimeProvider.System, services => services.AddLogging(logging => logging.AddProvider(_logs)));
}
