using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Protos.Statistics.V1;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;

namespace Gateway.Tests.Statistics;

/// <summary>The two sources and the one partner are brought together on purpose: nobody is served.</summary>
public sealed class UsageNeverMeetsRegistrationTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Theory]
    [Row("usage source sees registration at start")]
    [InlineData("CREATE TABLE t (order_id TEXT); CREATE VIEW sharing_shipments AS SELECT 1 AS x", "view 'sharing_shipments'")]
    [InlineData("CREATE VIEW sharing_preferences AS SELECT 1 AS topic", "view 'sharing_preferences'")]
    [InlineData("ALTER TABLE events ADD COLUMN subject_id TEXT", "column 'subject_id' of 'events'")]
    [InlineData("CREATE TABLE accounts (visitor TEXT, customer_id TEXT)", "column 'customer_id' of 'accounts'")]
    [InlineData("CREATE TABLE sessions (visitor TEXT, order_id TEXT)", "column 'order_id' of 'sessions'")]
    [InlineData("CREATE VIEW people AS SELECT visitor, 'x' AS recipient_name FROM events", "column 'recipient_name' of 'people'")]
    [InlineData("CREATE TABLE addresses (visitor TEXT, customer_ip TEXT)", "column 'customer_ip' of 'addresses'")]
    public async Task Serve_UsageSourceThatKnowsCustomers_Refuses(string sql, string named)
    {
        UsageEvents.Execute(_settings, sql);

        (await RefusedAsync(Variables())).ShouldContain(named);
    }

    [Fact]
    [Row("registration source sees usage at start")]
    public async Task Serve_UsageEventsInTheShop_Refuses()
    {
        ShopViews.Execute(_settings, "CREATE TABLE usage (visitor TEXT); CREATE VIEW sharing_usage_events AS SELECT visitor FROM usage");

        (await RefusedAsync(Variables())).ShouldContain("the source of registration records can see 'sharing_usage_events'");
    }

    [Fact]
    public async Task Serve_OneDatabaseForBoth_Refuses()
    {
        var variables = Variables();
        variables["Gateway__Usage__ConnectionString"] = $"Filename={_settings.Data.Shop}";

        (await RefusedAsync(variables)).ShouldContain("Gateway__Usage__ConnectionString: is the database of Source:ConnectionString");
    }

    [Fact]
    [Row("usage source not set")]
    public async Task Serve_StatisticsWithoutUsageSource_Refuses()
    {
        var variables = Variables();
        variables.Remove("Gateway__Usage__Provider");
        variables.Remove("Gateway__Usage__ConnectionString");

        (await RefusedAsync(variables)).ShouldContain("Gateway__Usage__ConnectionString");
    }

    [Theory]
    [InlineData("Gateway__Usage__Provider", "oracle")]
    [InlineData("Gateway__Usage__ConnectionString", "no connection string")]
    [InlineData("Gateway__Usage__ConnectionString", null)]
    [InlineData("Gateway__Usage__Provider", null)]
    public async Task Serve_UsageSettingUnusable_NamesIt(string name, string? value)
    {
        var variables = Variables();
        variables[name] = value;

        (await RefusedAsync(variables)).ShouldContain(name);
    }

    [Theory]
    [Row("one partner with both domains at start")]
    [InlineData("prism-statistics.yaml")]
    [InlineData("another.yaml")]
    public async Task Serve_RegistrationRecordForAStatisticsPartner_Refuses(string file)
    {
        var grants = "grants:" + File.ReadAllText(Path.Combine(_settings.Contracts.FullName, "southgate-warehouse.yaml")).Split("grants:")[1];
        var prism = await File.ReadAllTextAsync(Path.Combine(_settings.Contracts.FullName, "prism-statistics.yaml"), TestContext.Current.CancellationToken);
        var path = Path.Combine(_settings.Contracts.FullName, file);
        await File.WriteAllTextAsync(path, file == "prism-statistics.yaml"
            ? prism + grants
            : prism.Split("statistics:\n  purpose")[0].Replace("contract: prism-statistics", "contract: prism-other", StringComparison.Ordinal)
                .Replace("effective: 2026-01-01, expires: 2035-12-31", "effective: 2036-01-01, expires: 2037-12-31", StringComparison.Ordinal) + grants,
            TestContext.Current.CancellationToken);

        (await RefusedAsync(Variables())).ShouldContain("one partner never gets both");
    }

    [Fact]
    [Row("statistics store missing at start")]
    public async Task Serve_GivenTablesLost_IsNotMadeAnew()
    {
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            using var channel = gateway.As(StatisticsAsks.Prism);
            await channel.Month(Figure.Visitors, UsageEvents.LastMonth(TimeProvider.System));
        }

        File.Delete(_settings.Data.Statistics);

        (await RefusedAsync(Variables())).ShouldContain($"{_settings.Data.Statistics} is missing");
        File.Exists(_settings.Data.Statistics).ShouldBeFalse();
    }

    [Fact]
    [Row("usage source gone while running")]
    public async Task Statistics_UsageSourceGone_IsRefusedAndServedAgainWhenItIsBack()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);
        using var northgate = gateway.As("northgate-warehouse");
        var month = UsageEvents.LastMonth(TimeProvider.System);
        File.Move(_settings.Data.Usage, _settings.Data.Usage + ".away");

        (await channel.Month(Figure.Visitors, month).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE")).Receipt().ShouldNotBeNull();
        (await northgate.GetShipment(DemoShop.SampleOrder.OrderId)).Shipment.ShouldNotBeNull();

        File.Move(_settings.Data.Usage + ".away", _settings.Data.Usage);
        await PartnerAsks.EventuallyAsync(async () => await PartnerAsks.ReasonAsync(channel.Month(Figure.Visitors, month)) is null);
    }

    [Fact]
    [Row("usage view changed while running")]
    public async Task Statistics_ViewOverACustomersColumn_IsRefused()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As(StatisticsAsks.Prism);
        UsageEvents.Execute(_settings, """
            CREATE TABLE customers (customer_id TEXT, token TEXT);
            DROP VIEW sharing_usage_events;
            CREATE VIEW sharing_usage_events AS SELECT c.customer_id AS visitor, e.visit, e.at, e.kind, e.page_group, e.country, e.referrer
            FROM events e JOIN customers c ON c.token = e.visitor
            """);

        await channel.Month(Figure.Visitors, UsageEvents.LastMonth(TimeProvider.System)).ShouldBeRefusedAsync("SOURCE_UNAVAILABLE");
    }

    private Dictionary<string, string?> Variables() => ServeProcess.Variables(_settings);

    private static async Task<string> RefusedAsync(IReadOnlyDictionary<string, string?> variables)
    {
        var (exitCode, errors) = await ServeProcess.RefusesAsync(variables);
        exitCode.ShouldBe(ExitCode.InvalidConfiguration, errors);
        errors.ShouldNotContain("Serving partners");
        return errors;
    }
}
