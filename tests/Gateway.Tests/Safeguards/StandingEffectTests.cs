using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Configuration;
using Gateway.Core.Identity;
using Gateway.Demo.Shop;
using Gateway.Listeners;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Safeguards;

/// <summary>A key stolen at 3 am: what staff do takes effect on what is open now.</summary>
public sealed class StandingEffectTests : IDisposable
{
    private const string Partner = "northgate-warehouse";
    private const string SecondKey = "northgate-second";

    /// <summary>Last data after the act.</summary>
    private static readonly TimeSpan s_promise = TimeSpan.FromSeconds(1);

    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly string _order = DemoShop.SampleOrder.OrderId;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Suspend_FiftyConnectionsWithStreams_EndsThemAllWithinASecondAndLasts()
    {
        RaiseRate();
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            await using var shop = new BusyShop(_settings);
            var streams = await OpenStream.OpenAsync(gateway, Partner, 50);
            ConnectionsOf(gateway).ShouldBe(50);
            var staff = Staff(gateway);

            var change = (await staff.SuspendPartnerAsync(new SuspendPartnerRequest { Id = Partner, Reason = "key stolen" }, cancellationToken: TestContext.Current.CancellationToken)).Change;
            var acted = Stopwatch.GetTimestamp();

            change.ConnectionsCut.ShouldBe(50);
            await ShouldHaveEndedAsync(gateway, streams, acted, change.Receipt, "partner.suspend");
            await PartnerAsks.EventuallyAsync(() => Task.FromResult(ConnectionsOf(gateway) == 0));
            using (var again = gateway.As(Partner))
            {
                await again.GetShipment(_order).ShouldBeRefusedAsync("PARTNER_SUSPENDED");
            }

            streams.ForEach(s => s.Dispose());
        }

        await using var restarted = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = restarted.As(Partner);
        await channel.GetShipment(_order).ShouldBeRefusedAsync("PARTNER_SUSPENDED");

        await Staff(restarted).ResumePartnerAsync(new ResumePartnerRequest { Id = Partner, Reason = "key replaced" }, cancellationToken: TestContext.Current.CancellationToken);

        (await channel.GetShipment(_order)).Shipment.ShouldNotBeNull();
        var resumed = (await LoggedEntries.ReadAsync(_settings.Log)).Single(e => e.Administration?.Action == "partner.resume");
        resumed.Administration.Actor.ShouldBe("security-analyst");
        resumed.Administration.Reason.ShouldBe("key replaced");
    }

    [Fact]
    public async Task Revoke_FiftyConnectionsWithStreams_EndsThoseOfTheKeyAndNoOther()
    {
        RaiseRate();
        IssueSecondKey();
        using var certificate = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_settings.Certificates.FullName, Partner + ".pem"));
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        await using var shop = new BusyShop(_settings);
        var stolen = await OpenStream.OpenAsync(gateway, Partner, 25);
        var other = await OpenStream.OpenAsync(gateway, SecondKey, 25);

        var change = (await Staff(gateway).RevokeKeyAsync(
            new RevokeKeyRequest { Key = SpkiHash.Of(certificate).Text, Reason = "laptop lost" }, cancellationToken: TestContext.Current.CancellationToken)).Change;
        var acted = Stopwatch.GetTimestamp();

        change.ConnectionsCut.ShouldBe(25);
        await ShouldHaveEndedAsync(gateway, stolen, acted, change.Receipt, "key.revoke", SpkiHash.Of(certificate));
        var before = other.Select(s => s.Messages).ToList();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(other.Zip(before).All(p => p.First.Messages > p.Second)));
        other.ShouldAllBe(s => !s.Ended.IsCompleted);
        using var revoked = gateway.As(Partner);
        await revoked.GetShipment(_order).ShouldBeRefusedAsync("KEY_REVOKED");
        using var replaced = gateway.As(SecondKey);
        (await replaced.GetShipment(_order)).Shipment.ShouldNotBeNull();
        stolen.Concat(other).ToList().ForEach(s => s.Dispose());
    }

    private static AdminService.AdminServiceClient Staff(RunningGateway gateway) => new(gateway.AsStaff("security-analyst"));

    private static int ConnectionsOf(RunningGateway gateway) =>
        gateway.Services.GetRequiredService<ConnectionRegistry>().Open.Count(c => c.Listener == ListenerKind.Partners);

    private static async Task ShouldHaveEndedAsync(
        RunningGateway gateway, List<OpenStream> streams, long acted, string receipt, string action, SpkiHash? key = null)
    {
        var ends = await Task.WhenAll(streams.Select(s => s.Ended)).WaitAsync(PartnerAsks.Patience, TestContext.Current.CancellationToken);
        ends.ShouldAllBe(e => e.StatusCode != StatusCode.OK);
        foreach (var stream in streams)
        {
            Stopwatch.GetElapsedTime(acted, stream.Last).ShouldBeLessThan(s_promise);
        }

        // And by the gateway's own clock: the act is an entry, and so is each run of data.
        var entries = await LoggedEntries.ReadAsync(gateway.Settings.Log);
        var act = entries.Single(e => e.Kind == Kind.Administration && e.Id() == receipt);
        act.Administration.Action.ShouldBe(action);
        act.Administration.Actor.ShouldBe("security-analyst");
        act.Administration.Reason.ShouldNotBeEmpty();
        var last = entries.Where(e => e.Kind == Kind.Disclosure && (key is null || e.Caller.Spki.Span.SequenceEqual(key.Bytes.Span)))
            .Max(e => e.Time.ToDateTimeOffset());
        last.ShouldBeLessThan(act.Time.ToDateTimeOffset() + s_promise);
    }

    // Fifty streams at once are more calls a second than the demo's contract allows.
    private void RaiseRate() => ContractFiles.Edit(
        _settings, "northgate-warehouse.yaml", t => t.Replace("calls_per_second: 50", "calls_per_second: 500", StringComparison.Ordinal));

    private void IssueSecondKey()
    {
        var folder = _settings.Certificates.FullName;
        using var authority = new IssuingAuthority(X509Certificate2.CreateFromPemFile(
            Path.Combine(folder, "partners-ca.pem"), Path.Combine(folder, "partners-ca.key")));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SpiffeId.TryParse($"spiffe://shop.example/partner/{Partner}", out var uri).ShouldBeTrue();
        using var certificate = authority.IssueClient(
            new PublicKey(key), new X500DistinguishedName($"CN={Partner}"), uri!, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1));
        File.WriteAllText(Path.Combine(folder, SecondKey + ".pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(folder, SecondKey + ".key"), key.ExportPkcs8PrivateKeyPem());
    }
}
