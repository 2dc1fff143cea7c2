using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Demo.Shop;
using Gateway.Listeners;
using Gateway.Stores.Tests;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.FailClosed;

/// <summary>The rows that end the start, with the real executable: it must not come up, and must say what to do.</summary>
public sealed class FailClosedAtStartTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    [Row("setting misspelt")]
    public async Task Serve_MisspeltSetting_NamesTheRightOne()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Sorce__Provider"] = "sqlite";

        (await RefusedAsync(variables)).ShouldContain("Gateway__Sorce__Provider: is no setting of the gateway; did you mean 'Gateway__Source__Provider'");
    }

    [Fact]
    [Row("setting missing")]
    public async Task Serve_NothingSet_TellsEverySettingAtOnce()
    {
        var errors = await RefusedAsync(new Dictionary<string, string?>(StringComparer.Ordinal));

        foreach (var name in new[] { "Gateway__Data", "Gateway__Contracts", "Gateway__Certificates", "Gateway__Source__ConnectionString" })
        {
            errors.ShouldContain($"{name}: is not set");
        }

        errors.ShouldContain("Gateway__Source__Provider");
    }

    [Fact]
    [Row("contracts broken at start")]
    public async Task Serve_ContractsBroken_TellsEveryErrorOfEveryFile()
    {
        ContractFiles.Edit(_settings, "northgate-warehouse.yaml", t => t.Replace("essential.service.fulfillment.warehousing", "essential.service.fulfilment.warehousing", StringComparison.Ordinal));
        ContractFiles.Edit(_settings, "harbour-carrier.yaml", t => t.Replace("[phone_number]", "[address]", StringComparison.Ordinal));

        var errors = await RefusedAsync(ServeProcess.Variables(_settings));

        errors.ShouldContain("northgate-warehouse.yaml:");
        errors.ShouldContain("essential.service.fulfillment.warehousing");
        errors.ShouldContain("harbour-carrier.yaml:");
        errors.ShouldContain("contracts check");
    }

    [Fact]
    [Row("forbidden grant at start")]
    public async Task Serve_ForbiddenGrant_TellsEachPlaceAndTheRule()
    {
        // No rule of the policy is left; what is built in stays.
        const string Next = "      - system.operations\n    bases: [contract]\n  - purpose: essential.service.payment_processing";
        ContractFiles.Edit(_settings, "policy.yaml", t =>
            t[..t.IndexOf("never:", StringComparison.Ordinal)].Replace(Next, "      - user.financial\n" + Next, StringComparison.Ordinal) + "never: []\n");
        ContractFiles.Edit(_settings, "southgate-warehouse.yaml", t => t.Replace("        approved_by: privacy-officer\n", "", StringComparison.Ordinal));

        var errors = await RefusedAsync(ServeProcess.Variables(_settings));

        errors.ShouldContain("user.financial is never allowed for essential.service.fulfillment.delivery: never essential.service.fulfillment with user.financial");
        errors.ShouldContain("no policy can allow it");
        errors.ShouldContain("gift_message is sensitive and nobody approved it");
    }

    [Fact]
    [Row("certificates broken at start")]
    public async Task Serve_ServerCertificateBroken_NamesTheFiles()
    {
        await File.WriteAllTextAsync(Path.Combine(_settings.Certificates.FullName, "server.pem"), "no certificate", TestContext.Current.CancellationToken);

        (await RefusedAsync(ServeProcess.Variables(_settings))).ShouldContain("server.pem and server.key are not a certificate and its key");
    }

    [Fact]
    [Row("development certificates")]
    public async Task Serve_DevelopmentCertificatesBeyondLoopback_Refuses()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Listeners__Partners"] = "0.0.0.0:0";

        var errors = await RefusedAsync(variables);

        errors.ShouldContain("partners-ca.pem is a development certificate");
        errors.ShouldContain("server.pem is a development certificate");
        errors.ShouldContain("gateway certs issue");
    }

    [Fact]
    [Row("demo shop")]
    public async Task Serve_DemoShopBeyondLoopback_Refuses()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Listeners__Staff"] = "0.0.0.0:0";
        variables["Gateway__Certificates"] = Directory.CreateDirectory(Path.Combine(_settings.Data.Root, "no-certs")).FullName;

        (await RefusedAsync(variables)).ShouldContain("the source is the demo shop: its customers are generated");
    }

    [Fact]
    [Row("source missing at start")]
    public async Task Serve_SourceMissing_Refuses()
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Source__ConnectionString"] = "Data Source=/nonexistent/shop.db";

        (await RefusedAsync(variables)).ShouldContain("source");
    }

    [Fact]
    [Row("source column missing at start")]
    public async Task Serve_SourceColumnMissing_NamesColumnAndView()
    {
        ShopViews.DropColumn(_settings, "phone_number");

        (await RefusedAsync(ServeProcess.Variables(_settings))).ShouldContain("column 'phone_number' of view 'sharing_shipments'");
    }

    [Fact]
    [Row("log read-only at start")]
    public async Task Serve_LogReadOnly_Refuses()
    {
        using var disk = new SmallDisk();
        disk.MakeReadOnly();
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Log__Provider"] = "sqlite";
        variables["Gateway__Log__ConnectionString"] = $"Data Source={disk["log.db"]}";

        (await RefusedAsync(variables)).ShouldContain("read-only");
    }

    [Fact]
    [Row("log damaged at start")]
    public async Task Serve_LogDamaged_Refuses()
    {
        await File.WriteAllTextAsync(_settings.Log, new string('x', 8192), TestContext.Current.CancellationToken);

        (await RefusedAsync(ServeProcess.Variables(_settings))).ShouldContain(_settings.Log);
    }

    [Fact]
    [Row("master key missing")]
    public async Task Serve_MasterKeyMissing_AsksForItsBackup()
    {
        await (await RunningGateway.StartAsync(_settings, TimeProvider.System)).DisposeAsync();
        File.Delete(_settings.Data.MasterKey);

        var errors = await RefusedAsync(ServeProcess.Variables(_settings));

        errors.ShouldContain("master.key is missing");
        errors.ShouldContain("backup");
        File.Exists(_settings.Data.MasterKey).ShouldBeFalse();
    }

    [Fact]
    [Row("key store damaged at start")]
    public async Task Serve_KeyStoreDamaged_Refuses()
    {
        await (await RunningGateway.StartAsync(_settings, TimeProvider.System)).DisposeAsync();
        await File.WriteAllTextAsync(_settings.Data.SubjectKeys, new string('x', 8192), TestContext.Current.CancellationToken);

        (await RefusedAsync(ServeProcess.Variables(_settings))).ShouldContain("subjects.db");
    }

    [Theory]
    [InlineData("log.db", "put the log back from its backup")]
    [InlineData("keys/subjects.db", "put the store back from its backup")]
    [InlineData("standing.db", "gateway log query --kind administration")]
    [Row("log missing at start")]
    [Row("key store missing at start")]
    [Row("standing missing at start")]
    public async Task Serve_StoreLost_IsNotMadeAnew(string file, string advice)
    {
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            using var channel = gateway.As("northgate-warehouse");
            await channel.GetShipment(DemoShop.SampleOrder.OrderId);
            await gateway.Services.GetRequiredService<StandingKeeper>().SuspendAsync("harbour-carrier", "a test", "operator");
        }

        var lost = Path.Combine(_settings.Data.Root, file);
        File.Delete(lost);

        var errors = await RefusedAsync(ServeProcess.Variables(_settings));

        errors.ShouldContain($"{lost} is missing");
        errors.ShouldContain(advice);
        File.Exists(lost).ShouldBeFalse();
    }

    [Fact]
    public async Task Serve_NothingBroken_ServesAndAnswers()
    {
        await using var gateway = ServeProcess.Start(ServeProcess.Variables(_settings));
        await gateway.ListeningAsync();
        using var channel = gateway.As(_settings, "northgate-warehouse");

        (await channel.GetShipment(DemoShop.SampleOrder.OrderId)).Shipment.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Gateway__Source__ConnectionString", "no connection string")]
    [InlineData("Gateway__Log__ConnectionString", "no connection string")]
    [InlineData("Gateway__Listeners__Partners", "8443")]
    [InlineData("Gateway__Listeners__Local", "0.0.0.0:0")]
    [InlineData("Gateway__Source__Provider", "oracle")]
    [InlineData("Gateway__Source", "sqlite")]
    [InlineData("Gateway__Data", "/proc/nowhere")]
    public async Task Serve_SettingUnusable_NamesIt(string name, string value)
    {
        var variables = ServeProcess.Variables(_settings);
        variables[name] = value;

        (await RefusedAsync(variables)).ShouldContain(name);
    }

    private static async Task<string> RefusedAsync(IReadOnlyDictionary<string, string?> variables)
    {
        var (exitCode, errors) = await ServeProcess.RefusesAsync(variables);
        exitCode.ShouldBe(ExitCode.InvalidConfiguration, errors);
        errors.ShouldNotContain("Serving partners");
        return errors;
    }
}
