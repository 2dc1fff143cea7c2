using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Subjects;
using Gateway.Tests.Permissions;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.FailClosed;

/// <summary>The rows of preferences: who cannot be asked has not agreed.</summary>
public sealed class PreferencesFailClosedTests : IDisposable
{
    private const string Subscription = "N-5001";

    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly CapturedLogs _logs = new();

    public void Dispose()
    {
        _logs.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    [Row("preferences' view missing at start")]
    public async Task Serve_ViewOfPreferencesMissing_NamesAllThatIs_UnlessNoContractNeedsIt()
    {
        ShopViews.Execute(_settings, "DROP VIEW sharing_preferences");
        (await RefusedAsync()).ShouldContain("view 'sharing_preferences'");

        ShopViews.Execute(_settings, "CREATE VIEW sharing_preferences AS SELECT customer_id AS subject_id, topic FROM preferences");
        var errors = await RefusedAsync();
        errors.ShouldContain("column 'state' of view 'sharing_preferences'");
        errors.ShouldContain("column 'changed_at' of view 'sharing_preferences'");

        File.Delete(Path.Combine(_settings.Contracts.FullName, "meridian-mail.yaml"));
        await using var gateway = await StartAsync();
        using var channel = gateway.As("northgate-warehouse");
        (await channel.GetShipment(DemoShop.SampleOrder.OrderId)).Shipment.ShouldNotBeNull();
    }

    [Fact]
    [Row("preferences missing at start")]
    public async Task Serve_PreferencesLost_RefusesOnceTheLogTellsOfThem()
    {
        await using (var gateway = await StartAsync())
        {
            File.Exists(_settings.Preferences).ShouldBeTrue();
        }

        File.Delete(_settings.Preferences);
        await using (var gateway = await StartAsync())
        {
            // What the customers' view records when a customer sets a preference.
            await gateway.Services.GetRequiredService<AdministrationLog>().RecordAsync(
                new Entry.Types.Administration { Actor = "account-site", Action = PreferenceDesk.Set, Target = new string('0', 32) });
        }

        foreach (var file in Directory.GetFiles(_settings.Data.Root, "preferences.db*"))
        {
            File.Delete(file);
        }

        var errors = await RefusedAsync();
        errors.ShouldContain("preferences.db is missing");
        errors.ShouldContain("their opt-outs would end unseen");
    }

    [Fact]
    [Row("preferences' view gone while running")]
    public async Task Get_ViewOfPreferencesGone_IsRefusedWhereItIsNeeded_UntilItIsBack()
    {
        await using var gateway = await StartAsync();
        using var channel = gateway.As("meridian-mail");
        await Get(channel);
        using var stream = new MailingService.MailingServiceClient(channel).WatchSubscribers(new WatchSubscribersRequest(), cancellationToken: TestContext.Current.CancellationToken);
        (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeTrue();

        ShopViews.Execute(_settings, "DROP VIEW sharing_preferences");
        (await Get(channel).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE")).StatusCode.ShouldBe(StatusCode.Unavailable);
        (await Get(channel, "no-such").ShouldBeRefusedAsync("SOURCE_UNAVAILABLE")).Receipt().ShouldNotBeNull();
        var ended = await Should.ThrowAsync<RpcException>(async () =>
        {
            while (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        });
        ended.Reason().ShouldBe("SOURCE_UNAVAILABLE");
        _logs.Entries.ShouldContain(e => e.Id.Name == "SourceUnavailable" && e.Text.Contains("sharing_preferences", StringComparison.Ordinal));
        using (var northgate = gateway.As("northgate-warehouse"))
        {
            await northgate.GetShipment(DemoShop.SampleOrder.OrderId);
        }

        ShopViews.Execute(_settings, "CREATE VIEW sharing_preferences AS SELECT customer_id AS subject_id, topic, state, changed_at FROM preferences");
        (await Get(channel)).Subscriber.SubscriberId.ShouldBe(Subscription);
    }

    [Fact]
    [Row("preference unreadable")]
    public async Task Get_PreferenceUnreadable_IsAnOptOut()
    {
        ShopViews.Execute(_settings, "PRAGMA ignore_check_constraints = ON; UPDATE preferences SET state = 'Yes please' WHERE customer_id = 'C-5001'");
        await using var gateway = await StartAsync();
        using var channel = gateway.As("meridian-mail");

        var unreadable = await Get(channel).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
        var unknown = await Get(channel, "no-such").ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");

        unreadable.Status.ShouldBe(unknown.Status);
        var warning = _logs.Entries.Single(e => e.Id.Name == "PreferenceUnreadable");
        warning.Text.ShouldContain("'state'");
        warning.Text.ShouldNotContain("Yes please");
        ShopPreferenceRows.Say(_settings, "C-5001", "newsletter", "requested");
        (await Get(channel)).Subscriber.ShouldNotBeNull();
    }

    [Fact]
    [Row("preferences gone while running")]
    public async Task Get_PreferencesGone_IsRefusedWhereTheyAreNeeded()
    {
        await using var gateway = await StartAsync();
        using var channel = gateway.As("meridian-mail");
        await Get(channel);
        foreach (var file in Directory.GetFiles(_settings.Data.Root, "preferences.db*"))
        {
            File.Delete(file);
        }

        await PartnerAsks.EventuallyAsync(async () => await PartnerAsks.ReasonAsync(Get(channel)) == "SOURCE_UNAVAILABLE");
        using var northgate = gateway.As("northgate-warehouse");
        await northgate.GetShipment(DemoShop.SampleOrder.OrderId);
    }

    private static AsyncUnaryCall<GetSubscriberResponse> Get(GrpcChannel channel, string key = Subscription) =>
        new MailingService.MailingServiceClient(channel).GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = key }, cancellationToken: TestContext.Current.CancellationToken);

    private Task<RunningGateway> StartAsync() =>
        RunningGateway.StartAsync(_settings, TimeProvider.System, services => services.AddLogging(logging => logging.AddProvider(_logs)));

    private async Task<string> RefusedAsync()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Log__Origin"] = _settings.LogOrigin;
        var (exitCode, errors) = await ServeProcess.RefusesAsync(variables);
        exitCode.ShouldBe(ExitCode.InvalidConfiguration, errors);
        return errors;
    }
}
