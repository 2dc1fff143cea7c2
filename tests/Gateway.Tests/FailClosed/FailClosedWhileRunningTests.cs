using Gateway.Configuration;
using Gateway.Contracts;
using Gateway.Core.Sources;
using Gateway.Demo.Shop;
using Gateway.Listeners;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Stores.Sqlite.Source;
using Gateway.Stores.Tests;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.FailClosed;

/// <summary>The rows that happen to a gateway that serves: no data, and it comes back by itself where it can.</summary>
public sealed class FailClosedWhileRunningTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();
    private readonly string _order = DemoShop.SampleOrder.OrderId;

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    [Row("contracts broken while running")]
    public async Task Reload_BrokenFile_KeepsTheLastGoodContracts()
    {
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        var reloader = gateway.Services.GetRequiredService<ContractReloader>();
        var before = (await channel.GetShipment(_order)).Receipt.Scope.Revision;

        ContractFiles.Edit(_settings, "northgate-warehouse.yaml", t => t.Replace("[phone_number]", "[telephone]", StringComparison.Ordinal));
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(reloader.Status.Errors.Count > 0));

        var answer = await channel.GetShipment(_order);
        answer.Receipt.Scope.Revision.ShouldBe(before);
        answer.Shipment.PhoneNumber.ShouldNotBeEmpty();
        reloader.Status.Errors.ShouldContain(e => e.StartsWith("northgate-warehouse.yaml:", StringComparison.Ordinal));
        _logs.Entries.ShouldContain(e => e.Id.Name == "ContractsKept");
        _logs.Entries.ShouldContain(e => e.Id.Name == "ContractError" && e.Message.Contains("northgate-warehouse.yaml:", StringComparison.Ordinal));
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync($"http://127.0.0.1:{gateway.Local}/metrics", TestContext.Current.CancellationToken);
        metrics.ShouldContain("gateway_contracts_reload_failures");
        using var ready = await http.GetAsync($"http://127.0.0.1:{gateway.Local}/readyz", TestContext.Current.CancellationToken);
        (await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("northgate-warehouse.yaml:");
    }

    [Fact]
    [Row("source column missing at a reload")]
    public async Task Reload_GrantsAColumnThatTheViewLacks_KeepsTheLastGoodContracts()
    {
        var whole = ShopViews.ReadSql(_settings);
        ShopViews.DropColumn(_settings, "delivery_instructions"); // no contract grants it: the gateway starts
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        var reloader = gateway.Services.GetRequiredService<ContractReloader>();
        var before = reloader.Status.Revision;

        ContractFiles.Edit(_settings, "policy.yaml", t => t.Replace("      - user.contact.phone_number\n", "      - user.contact.phone_number\n      - user.contact.address.delivery_instructions\n", StringComparison.Ordinal));
        ContractFiles.Edit(_settings, "northgate-warehouse.yaml", t => t.Replace("[order_id, ", "[delivery_instructions, order_id, ", StringComparison.Ordinal));
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(
            reloader.Status.Errors.Any(e => e.Contains("column 'delivery_instructions' of view 'sharing_shipments'", StringComparison.Ordinal))));

        var answer = await channel.GetShipment(_order);
        answer.Shipment.DeliveryInstructions.ShouldBeEmpty();
        answer.Receipt.Scope.Released.ShouldNotContain(p => p == "delivery_instructions");
        answer.Receipt.Scope.Revision.ShouldBe(before);

        ShopViews.Replace(_settings, whole);
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(reloader.Status is { Errors.Count: 0 } status && status.Revision != before));
        (await channel.GetShipment(_order)).Receipt.Scope.Released.ShouldContain(p => p == "delivery_instructions");
    }

    [Fact]
    [Row("source gone while running")]
    public async Task Get_SourceGone_IsRefusedAndServedAgainWhenItIsBack()
    {
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        await channel.GetShipment(_order);

        File.Move(_settings.Data.Shop, _settings.Data.Shop + ".away");
        await RefusedWithAsync(() => channel.GetShipment(_order), "SOURCE_UNAVAILABLE");
        var refused = await channel.GetShipment(_order).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE");
        refused.StatusCode.ShouldBe(StatusCode.Unavailable);
        refused.GetRpcStatus()!.GetDetail<Google.Rpc.RetryInfo>().ShouldNotBeNull();
        (await LoggedEntries.ReadAsync(_settings.Log)).ShouldContain(e => e.Id() == refused.Receipt() && e.Outcome == Outcome.Failed);
        _logs.Entries.ShouldContain(e => e.Id.Name == "SourceUnavailable");

        File.Move(_settings.Data.Shop + ".away", _settings.Data.Shop);
        await PartnerAsks.EventuallyAsync(async () => await PartnerAsks.ReasonAsync(channel.GetShipment(_order)) is null);
    }

    [Fact]
    [Row("source column gone while running")]
    public async Task Get_ColumnGone_IsRefusedUntilTheViewHasItAgain()
    {
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        await channel.GetShipment(_order);
        var whole = ShopViews.ReadSql(_settings);

        ShopViews.DropColumn(_settings, "phone_number");
        (await channel.GetShipment(_order).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE")).Receipt().ShouldNotBeNull();
        _logs.Entries.ShouldContain(e => e.Id.Name == "SourceUnavailable" && e.Text.Contains("phone_number", StringComparison.Ordinal));

        ShopViews.Replace(_settings, whole);
        (await channel.GetShipment(_order)).Shipment.PhoneNumber.ShouldNotBeEmpty();
    }

    [Fact]
    [Row("disk full")]
    public async Task Get_DiskFull_IsRefusedWithoutReceiptAndServedAgainWhenThereIsSpace()
    {
        using var disk = new SmallDisk();
        using var alarms = new RaisedAlarms();
        var refused = 0;
        await using (var gateway = await RunningGateway.StartAsync(_settings with { Log = disk["log.db"] }, TimeProvider.System, AddLogs))
        {
            using var channel = gateway.As("northgate-warehouse");
            var answered = new List<string> { (await channel.GetShipment(_order)).Receipt.Id };
            disk.Fill();
            await PartnerAsks.EventuallyAsync(async () =>
            {
                try
                {
                    answered.Add((await channel.GetShipment(_order)).Receipt.Id);
                    return false;
                }
                catch (RpcException e) when (e.Reason() == "LOG_UNAVAILABLE")
                {
                    e.Receipt().ShouldBeNull();
                    refused++;
                    return true;
                }
                catch (RpcException e) when (e.Reason() == "RATE_EXCEEDED")
                {
                    return false;
                }
            });
            (await channel.GetShipment("A-0").ShouldBeRefusedAsync("LOG_UNAVAILABLE")).Receipt().ShouldBeNull();
            refused++;
            _logs.Entries.ShouldContain(e => e.Id.Name == "LogRefused" && e.Message.Contains("the disk is full; free space", StringComparison.Ordinal));
            alarms.Has("log_broken").ShouldBeTrue();

            disk.Free();
            await PartnerAsks.EventuallyAsync(async () =>
            {
                var reason = await PartnerAsks.ReasonAsync(channel.GetShipment(_order));
                refused += reason == "LOG_UNAVAILABLE" ? 1 : 0;
                return reason is null;
            });
            answered.ShouldBeSubsetOf((await LoggedEntries.ReadAsync(disk["log.db"])).Select(e => e.Id()), StringComparer.Ordinal);
        }

        (await LoggedEntries.ReadAsync(disk["log.db"])).Where(e => e.Refusal == "LOG_UNAVAILABLE").Sum(e => Math.Max(1, (int)e.Count)).ShouldBe(refused);
    }

    [Fact]
    [Row("log gone while running")]
    public async Task Get_LogRemoved_IsRefused()
    {
        await using var gateway = ServeProcess.Start(ServeProcess.Variables(_settings));
        await gateway.ListeningAsync();
        using var channel = gateway.As(_settings, "northgate-warehouse");
        await channel.GetShipment(_order);

        File.Delete(_settings.Log);

        (await channel.GetShipment(_order).ShouldBeRefusedAsync("LOG_UNAVAILABLE")).Receipt().ShouldBeNull();
        var (exitCode, errors) = await gateway.EndAsync();
        exitCode.ShouldBe(1);
        errors.ShouldContain("The disclosure log is broken: the file was moved or removed while it was in use; put it back");
    }

    [Fact]
    [Row("key store gone while running")]
    public async Task Get_KeyStoreRemoved_IsRefused()
    {
        await using var gateway = ServeProcess.Start(ServeProcess.Variables(_settings));
        await gateway.ListeningAsync();
        using var channel = gateway.As(_settings, "northgate-warehouse");
        var orders = ShopViews.OpenOrders(_settings, 2);
        await channel.GetShipment(orders[0]);

        File.Delete(_settings.Data.SubjectKeys);

        await channel.GetShipment(orders[1]).ShouldBeRefusedAsync("LOG_UNAVAILABLE");
        var (exitCode, errors) = await gateway.EndAsync();
        exitCode.ShouldBe(1);
        errors.ShouldContain("the store of subject keys is broken: the file was moved or removed");
    }

    [Fact]
    [Row("standing gone while running")]
    public async Task Suspend_StandingRemoved_IsInForceAndSaysThatItDoesNotLast()
    {
        using var alarms = new RaisedAlarms();
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        await channel.GetShipment(_order);

        File.Delete(_settings.Data.Standing);
        var change = await gateway.Services.GetRequiredService<StandingKeeper>().SuspendAsync("northgate-warehouse", "a test", "operator");

        change.Kept.ShouldBeFalse();
        change.Receipt.ShouldNotBeNull();
        using var again = gateway.As("northgate-warehouse");
        await again.GetShipment(_order).ShouldBeRefusedAsync("PARTNER_SUSPENDED");
        _logs.Entries.ShouldContain(e => e.Id.Name == "ProtectionNotKept");
        alarms.Has("protection_not_kept").ShouldBeTrue();
    }

    [Fact]
    [Row("projector throws")]
    public async Task Get_RecordThatCannotBeCopied_IsAFaultWithoutData()
    {
        using var real = new SqliteRecordSource(_settings.Source, TimeProvider.System);
        var source = new SourceProxy(real);
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System, services =>
        {
            AddLogs(services);
            services.AddSingleton<IRecordSource>(source);
        });
        using var channel = gateway.As("northgate-warehouse");
        source.Exchange = row => row with { Record = new Charge { BillingName = "Nobody Inparticular" } };

        var refused = await channel.GetShipment(_order).ShouldBeRefusedAsync("INTERNAL_FAULT");

        refused.StatusCode.ShouldBe(StatusCode.Internal);
        refused.ToString().ShouldNotContain("Inparticular");
        _logs.AllText.ShouldNotContain("Inparticular");
        _logs.Entries.ShouldContain(e => e.Id.Name == "InternalFault" && e.Message.Contains(refused.Receipt()!, StringComparison.Ordinal));
        (await LoggedEntries.ReadAsync(_settings.Log)).Single(e => e.Id() == refused.Receipt()).Records.ShouldBeEmpty();
        source.Exchange = row => row;
        (await channel.GetShipment(_order)).Shipment.ShouldNotBeNull();
    }

    [Fact]
    [Row("clock past the agreement")]
    public async Task Get_AgreementOver_IsRefusedAndOtherPartnersGoOn()
    {
        var clock = new ShiftedClock();
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        ContractFiles.Edit(_settings, "northgate-warehouse.yaml", t => t.Replace("expires: 2035-12-31", $"expires: {today.AddDays(1):yyyy-MM-dd}", StringComparison.Ordinal));
        await using (var gateway = await RunningGateway.StartAsync(_settings, clock, AddLogs))
        {
            using var before = gateway.As("northgate-warehouse");
            (await before.GetShipment(_order)).Shipment.ShouldNotBeNull();
            clock.PutForward(TimeSpan.FromDays(3));
            using var channel = gateway.As("northgate-warehouse");
            using var other = gateway.As("harbour-carrier");

            (await channel.GetShipment(_order).ShouldBeRefusedAsync("AGREEMENT_NOT_IN_FORCE")).StatusCode.ShouldBe(StatusCode.PermissionDenied);
            (await new Protos.Shipping.V1.ShippingService.ShippingServiceClient(other).GetParcelAsync(
                new Protos.Shipping.V1.GetParcelRequest { ParcelId = DemoShop.SampleOrder.ParcelId },
                cancellationToken: TestContext.Current.CancellationToken)).Parcel.ShouldNotBeNull();
        }

        await using var again = await RunningGateway.StartAsync(_settings, clock, AddLogs);
        using var still = again.As("northgate-warehouse");
        await still.GetShipment(_order).ShouldBeRefusedAsync("AGREEMENT_NOT_IN_FORCE");
    }

    private Task<RunningGateway> StartAsync() => RunningGateway.StartAsync(_settings, TimeProvider.System, AddLogs);

    private void AddLogs(IServiceCollection services) => services.AddLogging(logging => logging.AddProvider(_logs));

    private static Task RefusedWithAsync<T>(Func<AsyncUnaryCall<T>> call, string reason) =>
        PartnerAsks.EventuallyAsync(async () => await PartnerAsks.ReasonAsync(call()) == reason);
}
