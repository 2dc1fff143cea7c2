using System.Security.Cryptography;
using Gateway.Protos.Subject.V1;
using Gateway.Subjects;
using Gateway.Tests.Running;
using Gateway.Tests.Subjects;
using Gateway.Tests.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Canary;

/// <summary>
/// What a customer is shown, says and asks for is in the answer, in the store of preferences and in that of requests, and nowhere else.
/// </summary>
public sealed class SubjectCanaryTests : IDisposable
{
    private readonly Secrets _secrets = new();
    private readonly CapturedLogs _logs = new();
    private readonly CapturedTelemetry _telemetry = new();
    private readonly List<string> _said = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryCall_AtTraceLevel_LeavesNoCustomerInLogsSpansMetricsErrorsOrFiles()
    {
        var settings = RunningGateway.Prepare();
        try
        {
            SecretShop.Fill(settings.Data.Shop, _secrets);
            string metrics, telemetry;
            await using (var scene = await SubjectScene.StartAsync(settings, more: AddCaptures))
            {
                var customer = scene.Customers()[0];
                customer.ShouldContain(_secrets["customer"]);
                await AskAsync(scene, customer);
                await AskWronglyAsync(scene, customer);
                SecretShop.Break(settings.Data.Shop, _secrets);
                foreach (var each in scene.Customers().Take(60))
                {
                    await TryAsync(scene.Site.GetSharedInformationAsync(new GetSharedInformationRequest(), scene.As(each), cancellationToken: Cancellation));
                    await TryAsync(scene.Site.GetPreferencesAsync(new GetPreferencesRequest(), scene.As(each), cancellationToken: Cancellation));
                }

                using var local = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{scene.Gateway.Local}") };
                metrics = await local.GetStringAsync("/metrics", Cancellation);
                telemetry = _telemetry.AllText(scene.Gateway.Services);
            }

            _said.ShouldContain(s => s.Contains("SOURCE_UNAVAILABLE", StringComparison.Ordinal), "broken rows were met");
            _said.ShouldContain(s => s.Contains("SUBJECT_NOT_ASSERTED", StringComparison.Ordinal));
            _logs.Entries.ShouldContain(e => e.Id.Name == "CardNumberFound");
            telemetry.ShouldContain("gateway.subject.v1.SubjectService/RedeemPreferenceLink");
            var canaries = _secrets.Except();
            canaries.ShouldBeAbsentFrom("logs", _logs.AllText);
            canaries.ShouldBeAbsentFrom("spans and metrics", telemetry);
            canaries.ShouldBeAbsentFrom("/metrics", metrics);
            canaries.ShouldBeAbsentFrom("what the site was told of refusals", string.Join('\n', _said));
            foreach (var text in (string[])[_logs.AllText, telemetry, metrics])
            {
                text.ShouldNotContain("opted_out", Case.Insensitive, "what anybody said about a topic");
            }

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
    }

    private async Task AskAsync(SubjectScene scene, string customer)
    {
        var assertion = _secrets.Add("assertion", scene.Assert(customer));
        _secrets.Add("assertion-signature", assertion[(assertion.LastIndexOf('.') + 1)..]);
        var held = await scene.Site.GetSharedInformationAsync(
            new GetSharedInformationRequest(), new Metadata { { "gateway-subject-assertion", assertion } }, cancellationToken: Cancellation);
        _secrets.Except().In(held.ToString()).Select(h => h.Secret).Distinct(StringComparer.Ordinal).Count().ShouldBeGreaterThan(5, "the answer is where they are");
        await scene.ListAsync(customer);
        await scene.Site.SetPreferencesAsync(Say(PreferenceState.Requested), scene.As(customer), cancellationToken: Cancellation);
        await scene.Site.SetPreferencesAsync(Say(PreferenceState.OptedOut), scene.As(customer), cancellationToken: Cancellation);
        var link = _secrets.Add("link", (await scene.LinkAsync(customer)).Token);
        await scene.RedeemAsync(link);
        await TryAsync(scene.RedeemAsync(link));
        await scene.Site.RequestCorrectionAsync(
            new RequestCorrectionRequest { Record = "gateway.fulfilment.v1.Shipment", Fields = { "address" }, Statement = _secrets["statement"] },
            scene.As(customer), cancellationToken: Cancellation);
        await scene.Site.RequestErasureAsync(new RequestErasureRequest { Statement = _secrets["why"] }, scene.As(customer), cancellationToken: Cancellation);
        await scene.Site.ListRequestsAsync(new ListRequestsRequest(), scene.As(customer), cancellationToken: Cancellation);
    }

    private async Task AskWronglyAsync(SubjectScene scene, string customer)
    {
        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        string[] assertions =
        [
            _secrets["garbage"],
            _secrets.Add("foreign-assertion", AssertionMaker.Make(foreign, "account-site", customer, now)),
            AssertionMaker.Make(scene.Key, _secrets["issuer"], _secrets["stranger"], now),
            AssertionMaker.Make(scene.Key, "account-site", customer, now.AddHours(-1)),
        ];
        foreach (var wrong in assertions)
        {
            await TryAsync(scene.Site.GetPreferencesAsync(
                new GetPreferencesRequest(), new Metadata { { "gateway-subject-assertion", wrong } }, cancellationToken: Cancellation));
        }

        var stranger = _secrets["stranger"];
        await TryAsync(scene.Site.GetSharedInformationAsync(new GetSharedInformationRequest(), scene.As(stranger), cancellationToken: Cancellation));
        await TryAsync(scene.ListAsync(stranger, _secrets["page"]));
        await TryAsync(scene.RedeemAsync(_secrets["no-link"]));
        await TryAsync(scene.Site.CreatePreferenceLinkAsync(
            new CreatePreferenceLinkRequest { Topic = _secrets["topic"], State = PreferenceState.OptedOut }, scene.As(stranger), cancellationToken: Cancellation));
        await TryAsync(scene.Site.SetPreferencesAsync(
            new SetPreferencesRequest { Changes = { new SetPreferencesRequest.Types.Change { Topic = _secrets["topic"], State = PreferenceState.OptedOut } } },
            scene.As(stranger), cancellationToken: Cancellation));
        await TryAsync(scene.Site.RequestCorrectionAsync(
            new RequestCorrectionRequest { Record = "gateway.fulfilment.v1.Shipment", Fields = { _secrets["field"] }, Statement = _secrets["unkept"] },
            scene.As(stranger), cancellationToken: Cancellation));
        await TryAsync(scene.Site.RequestCorrectionAsync(
            new RequestCorrectionRequest { Record = _secrets["record"], Statement = _secrets["unkept"] }, scene.As(stranger), cancellationToken: Cancellation));
    }

    private async Task TryAsync<T>(AsyncUnaryCall<T> call)
    {
        try
        {
            await call;
        }
        catch (RpcException e)
        {
            _said.Add($"{e.Status} {string.Join(' ', e.Trailers.Select(t => t.IsBinary ? System.Text.Encoding.UTF8.GetString(t.ValueBytes) : t.Value))}");
        }
    }

    // Not the shop, whose they are. Two stores of ours hold the shop's id of a customer: what was said must be found again by it, and a
    // request is answered to somebody. Both forget it (README of Gateway/Erasure), so it is looked for there, and nothing else may be there.
    private void CheckFiles(string root, Canaries canaries)
    {
        var preferences = _secrets.Except("customer");
        var requests = _secrets.Except("customer", "statement", "why");
        var held = new List<string>();
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(root, path);
            var bytes = File.ReadAllBytes(path);
            if (name.StartsWith("shop.db", StringComparison.Ordinal))
            {
                continue;
            }

            var allowed = name.StartsWith("preferences.db", StringComparison.Ordinal) ? preferences
                : name.StartsWith("requests.db", StringComparison.Ordinal) ? requests : canaries;
            allowed.ShouldBeAbsentFrom(name, bytes);
            if (canaries.In(bytes).Any())
            {
                held.Add(name);
            }
        }

        string.Join(" ", held.Order(StringComparer.Ordinal)).ShouldBe("preferences.db requests.db", "they are looked for where they are");
    }

    private static SetPreferencesRequest Say(PreferenceState state) =>
        new() { Changes = { new SetPreferencesRequest.Types.Change { Topic = SubjectScene.List, State = state } } };
}
