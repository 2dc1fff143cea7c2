using System.Collections.Frozen;
using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Core.Identity;
using Gateway.Core.Tests.Identity;
using Gateway.Demo.Shop;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Tests.Running;
using Google.Rpc;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Refusing;

/// <summary>What the gate and the limits refuse, over the wire: reason, status, receipt, and an entry in the log.</summary>
public sealed class GateRefusalTests : IDisposable
{
    private const string Contract = "northgate-warehouse.yaml";
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    [Theory]
    [InlineData("uri: spiffe://shop.example/partner/northgate-warehouse", "uri: spiffe://shop.example/partner/somebody-else", "NO_CONTRACT", StatusCode.Unauthenticated)]
    [InlineData("authority: partners", "authority: others", "AUTHORITY_MISMATCH", StatusCode.Unauthenticated)]
    [InlineData("identity:\n", "identity:\n  keys: [\"sha256:0000000000000000000000000000000000000000000000000000000000000000\"]\n", "KEY_NOT_PINNED", StatusCode.Unauthenticated)]
    [InlineData("identity:\n", "identity:\n  networks: [198.51.100.0/24]\n", "NETWORK_NOT_ALLOWED", StatusCode.Unauthenticated)]
    [InlineData("effective: 2026-01-01", "effective: 2035-01-01", "AGREEMENT_NOT_IN_FORCE", StatusCode.PermissionDenied)]
    [InlineData("methods: [GetShipment, ", "methods: [", "METHOD_NOT_GRANTED", StatusCode.PermissionDenied)]
    public async Task Contract_ThatDoesNotAllowTheCall_RefusesIt(string text, string by, string reason, StatusCode status)
    {
        WriteAnotherAuthority();
        Change(text, by);
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");

        (await RefusedAsync(channel)).ShouldBe((reason, status));
    }

    [Fact]
    public async Task Standing_ThatChanges_RefusesTheNextCallOnTheSameConnection()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        await GetAsync(channel);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_settings.Certificates.FullName, "northgate-warehouse.pem"));
        var standing = gateway.Services.GetRequiredService<StandingHolder>();

        standing.Swap(new Standing(FrozenSet.Create(StringComparer.Ordinal, "northgate-warehouse"), FrozenSet<SpkiHash>.Empty));
        (await RefusedAsync(channel)).ShouldBe(("PARTNER_SUSPENDED", StatusCode.PermissionDenied));
        standing.Swap(new Standing(FrozenSet<string>.Empty, FrozenSet.Create(SpkiHash.Of(certificate))));
        (await RefusedAsync(channel)).ShouldBe(("KEY_REVOKED", StatusCode.Unauthenticated));
        standing.Swap(Standing.Clear);
        await GetAsync(channel);
    }

    [Fact]
    public async Task Certificate_ThatEndsWhileItsConnectionIsOpen_IsRefused()
    {
        var clock = new FrozenClock(TimeProvider.System.GetUtcNow());
        await using var gateway = await RunningGateway.StartAsync(_settings, clock);
        using var channel = gateway.As("northgate-warehouse");
        await GetAsync(channel);
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_settings.Certificates.FullName, "northgate-warehouse.pem"));

        clock.Now = new DateTimeOffset(certificate.NotAfter).AddSeconds(1);

        (await RefusedAsync(channel)).ShouldBe(("CERTIFICATE_EXPIRED", StatusCode.Unauthenticated));
    }

    [Fact]
    public async Task Rate_Spent_IsRefusedWithTheTimeToWait()
    {
        Change("calls_per_second: 50", "calls_per_second: 1");
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");

        var refused = await FirstRefusalAsync(channel);

        Reason(refused).ShouldBe("RATE_EXCEEDED");
        refused.GetRpcStatus()!.GetDetail<RetryInfo>()!.RetryDelay.ToTimeSpan().ShouldBeInRange(TimeSpan.FromTicks(1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Quota_PageOverIt_IsRefusedWhole()
    {
        Change("subjects_per_day: 5000", "subjects_per_day: 1");
        Change("suspend_on: [subject_quota, enumeration]", "suspend_on: []");
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("northgate-warehouse");
        var client = new FulfilmentService.FulfilmentServiceClient(channel);

        var refused = await Should.ThrowAsync<RpcException>(async () =>
            await client.ListShipmentsAsync(new ListShipmentsRequest(), cancellationToken: TestContext.Current.CancellationToken));

        Reason(refused).ShouldBe("SUBJECT_QUOTA_EXCEEDED");
        refused.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        refused.GetRpcStatus()!.GetDetail<QuotaFailure>()!.Violations.Single().Subject.ShouldBe("subjects_per_day");
    }

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    private static async Task GetAsync(GrpcChannel channel) => await new FulfilmentService.FulfilmentServiceClient(channel).GetShipmentAsync(
        new GetShipmentRequest { OrderId = DemoShop.SampleOrder.OrderId }, cancellationToken: TestContext.Current.CancellationToken);

    private static async Task<(string Reason, StatusCode Status)> RefusedAsync(GrpcChannel channel)
    {
        var refused = await Should.ThrowAsync<RpcException>(() => GetAsync(channel));
        refused.Trailers.GetValue("gateway-receipt").ShouldNotBeNull();
        return (Reason(refused), refused.StatusCode);
    }

    private static async Task<RpcException> FirstRefusalAsync(GrpcChannel channel)
    {
        for (var i = 0; i < 1000; i++)
        {
            try
            {
                await GetAsync(channel);
            }
            catch (RpcException refused)
            {
                return refused;
            }
        }

        throw new ShouldAssertException("no call was refused");
    }

    private static string Reason(RpcException refused) => refused.GetRpcStatus()?.GetDetail<ErrorInfo>()?.Reason ?? refused.ToString();

    private void Change(string text, string by)
    {
        var path = Path.Combine(_settings.Contracts.FullName, Contract);
        var before = File.ReadAllText(path);
        before.ShouldContain(text);
        File.WriteAllText(path, before.Replace(text, by, StringComparison.Ordinal));
    }

    private void WriteAnotherAuthority()
    {
        using var other = TestAuthority.Create("Other CA");
        File.WriteAllText(Path.Combine(_settings.Certificates.FullName, "others-ca.pem"), other.Certificate.ExportCertificatePem());
    }
}
