using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Calls;
using Gateway.Core.Exchange;
using Gateway.Core.Tests.Identity;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Canary;

/// <summary>No personal data and nothing that a partner sent is anywhere but in the answer's granted fields.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly Secrets _secrets = new();
    private readonly CapturedLogs _logs = new();
    private readonly CapturedTelemetry _telemetry = new();

    [Fact]
    public async Task AllTraffic_AtTraceLevel_LeavesNoValueInLogsSpansMetricsErrorsOrFiles()
    {
        var settings = RunningGateway.Prepare();
        try
        {
            SecretShop.Fill(settings.Data.Shop, _secrets);
            string metrics, ready, telemetry;
            List<string> said;
            await using (var gateway = await RunningGateway.StartAsync(settings, TimeProvider.System, AddCaptures))
            {
                var cancel = TestContext.Current.CancellationToken;
                var traffic = new SecretTraffic(gateway, _secrets, cancel);
                await traffic.ShipmentsAsync();
                await traffic.ChargesAsync();
                await traffic.ParcelsAsync();
                await traffic.MailAsync();
                SecretShop.Break(settings.Data.Shop, _secrets);
                await traffic.BrokenAsync();
                said = traffic.Said;
                await SendByHandAsync(gateway, said, cancel);
                await RefuseHandshakesAsync(gateway, said, cancel);
                using var local = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{gateway.Local}") };
                metrics = await local.GetStringAsync("/metrics", cancel);
                ready = await (await local.GetAsync("/readyz", cancel)).Content.ReadAsStringAsync(cancel);
                telemetry = _telemetry.AllText(gateway.Services);
            }

            _secrets.Count.ShouldBeGreaterThan(50);
            var canaries = _secrets.Except();
            canaries.In(File.ReadAllBytes(settings.Data.Shop)).Select(h => h.Secret).Distinct(StringComparer.Ordinal).Count()
                .ShouldBeGreaterThan(20, "the shop is where they are");
            _logs.Entries.ShouldContain(e => e.Id.Name == "SourceUnavailable");
            _logs.Entries.ShouldContain(e => e.Id.Name == "InternalFault");
            _logs.Entries.ShouldContain(e => e.Id.Name == "CardNumberFound");
            _logs.Entries.ShouldContain(e => e.Id.Name == "PreferenceUnreadable");
            _logs.Entries.ShouldContain(e => e.Id.Name == "HandshakeRefused");
            telemetry.ShouldContain("gateway.fulfilment.v1.FulfilmentService/GetShipment");
            metrics.ShouldContain("gateway_decisions_total");
            canaries.ShouldBeAbsentFrom("logs", _logs.AllText);
            canaries.ShouldBeAbsentFrom("spans and metrics", telemetry);
            canaries.ShouldBeAbsentFrom("/metrics", metrics);
            canaries.ShouldBeAbsentFrom("/readyz", ready);
            canaries.ShouldBeAbsentFrom("what partners were told", string.Join('\n', said));
            CheckFiles(settings.Data.Root, canaries);
        }
        finally
        {
            Directory.Delete(settings.Data.Root, recursive: true);
        }
    }

    public void Dispose() => _logs.Dispose();

    private void AddCaptures(IServiceCollection services)
    {
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_logs));
        _telemetry.AddTo(services);
        services.AddSingleton<ITokenSeal>(p => new BrokenSeal(new TokenSeal(p.GetRequiredService<IDataProtectionProvider>()), _secrets["exception"]));
    }

    // What a gRPC client would not send: unknown methods, other media types, broken bodies, forged names.
    private async Task SendByHandAsync(RunningGateway gateway, List<string> said, CancellationToken cancel)
    {
        const string grpc = "application/grpc";
        const string get = "/gateway.fulfilment.v1.FulfilmentService/GetShipment";
        using var identity = X509Certificate2.CreateFromPemFile(
            Path.Combine(gateway.Settings.Certificates.FullName, "northgate-warehouse.pem"),
            Path.Combine(gateway.Settings.Certificates.FullName, "northgate-warehouse.key"));
        using var partner = new RawPartner(gateway.Partners, identity, _secrets["server-name"] + ".example");
        var json = Encoding.UTF8.GetBytes($$"""{"order_id":"{{_secrets["json-body"]}}"}""");
        var text = Encoding.UTF8.GetBytes(_secrets["text-body"]);
        (string, string)[] headers = [("user-agent", _secrets["user-agent"]), ("te", "trailers")];
        (HttpMethod Method, string Path, string Type, byte[] Body, (string, string)[] More)[] requests =
        [
            (HttpMethod.Post, "/" + _secrets["path"], grpc, RawPartner.Frame([]), []),
            (HttpMethod.Post, $"/gateway.fulfilment.v1.FulfilmentService/{_secrets["method"]}", grpc, RawPartner.Frame([]), []),
            (HttpMethod.Post, $"{get}?customer={_secrets["query"]}", grpc, RawPartner.Frame(text), []),
            (HttpMethod.Get, $"/{_secrets["page"]}?customer={_secrets["query"]}", "", [], []),
            (new HttpMethod(_secrets["verb"].ToUpperInvariant()), get, grpc, RawPartner.Frame([]), []),
            (HttpMethod.Post, get, "application/json", json, []),
            (HttpMethod.Post, get, grpc, json, []),
            (HttpMethod.Post, get, "application/grpc+" + _secrets["media-type"], RawPartner.Frame(text), []),
            (HttpMethod.Post, get, grpc, RawPartner.Frame(text, compressed: 1), [("grpc-encoding", _secrets["encoding"])]),
            (HttpMethod.Post, get, grpc, RawPartner.Frame(text), [("grpc-timeout", _secrets["timeout"])]),
            (HttpMethod.Post, get, grpc, RawPartner.Frame(text), [("grpc-accept-encoding", _secrets["accept-encoding"])]),
            (HttpMethod.Post, get, grpc, RawPartner.Frame(new byte[300 * 1024].Select(_ => (byte)'x').Concat(text).ToArray()), []),
            (HttpMethod.Post, "/gateway.contract.v1.ContractService/DescribeContract", grpc, RawPartner.Frame([]), [("gateway-purpose", _secrets["purpose"])]),
        ];
        foreach (var request in requests)
        {
            said.Add(await partner.SendAsync(request.Method, request.Path, request.Type, request.Body, [.. headers, .. request.More], cancel));
        }
    }

    private async Task RefuseHandshakesAsync(RunningGateway gateway, List<string> said, CancellationToken cancel)
    {
        using var stranger = TestAuthority.Create(_secrets["authority"]);
        using var foreign = stranger.Issue(new LeafShape { Uris = [$"spiffe://{_secrets["trust-domain"]}/partner/{_secrets["spiffe-path"]}"] });
        using var malformed = stranger.Issue(new LeafShape { Uris = [$"https://{_secrets["uri-host"]}/x"], DnsNames = [_secrets["dns-name"]] });
        foreach (var identity in (X509Certificate2?[])[null, foreign, malformed])
        {
            using var refused = new RawPartner(gateway.Partners, identity, _secrets["server-name"] + ".example");
            await Should.ThrowAsync<HttpRequestException>(() => refused.SendAsync(HttpMethod.Post, "/x", "application/grpc", [], [], cancel));
        }

        using var known = X509Certificate2.CreateFromPemFile(
            Path.Combine(gateway.Settings.Certificates.FullName, "operator.pem"), Path.Combine(gateway.Settings.Certificates.FullName, "operator.key"));
        using var staff = new RawPartner(gateway.Staff, known, _secrets["server-name"] + ".example");
        said.Add(await staff.SendAsync(
            HttpMethod.Post, "/" + _secrets["staff-path"], "application/grpc", RawPartner.Frame([]), [("user-agent", _secrets["user-agent"])], cancel));
    }

    // Everything below the data folder but the shop itself, the certificates and the contracts.
    private static void CheckFiles(string root, Canaries canaries)
    {
        var searched = new List<string>();
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root, file.FullName);
            if (name.StartsWith("shop.db", StringComparison.Ordinal))
            {
                continue;
            }

            canaries.ShouldBeAbsentFrom(name, name);
            canaries.ShouldBeAbsentFrom(name, File.ReadAllBytes(file.FullName));
            searched.Add(name);
        }

        foreach (var wanted in (string[])["log.db", "log-index.db", "spans.db", "standing.db", "preferences.db", Path.Combine("keys", "subjects.db")])
        {
            searched.Contains(wanted, StringComparer.Ordinal).ShouldBeTrue(wanted);
        }
    }
}
