using System.Security.Cryptography;
using Gateway.Core.Exchange;
using Gateway.Core.Subjects;
using Gateway.Core.Tests.Subjects;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Subject.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Subjects;

/// <summary>Who may ask, and for whom: over the wire, each method.</summary>
public sealed class SubjectAssertionTests : IAsyncLifetime
{
    private readonly Gateway.Configuration.GatewaySettings _settings = RunningGateway.Prepare();
    private SubjectScene _scene = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _scene = await SubjectScene.StartAsync(_settings);

    public async ValueTask DisposeAsync()
    {
        await _scene.DisposeAsync();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task StolenCertificate_WithoutTheSigningKey_ReadsNobody()
    {
        using var channel = _scene.Gateway.As("account-site");
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var tls = ECDsa.Create();
        tls.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(_settings.Certificates.FullName, "account-site.key"), Cancellation));
        var now = TimeProvider.System.GetUtcNow();
        var right = _scene.Assert(SubjectScene.Customer);
        Metadata[] wrong =
        [
            [],
            With(""),
            With(TestAssertions.Of(stranger, SubjectScene.Customer, now)),
            With(TestAssertions.Of(tls, SubjectScene.Customer, now)),
            With(TestAssertions.Of(_scene.Key, SubjectScene.Customer, now, issuer: "northgate-warehouse")),
            With(TestAssertions.Of(_scene.Key, SubjectScene.Customer, now.AddMinutes(-10))),
            With(TestAssertions.Of(_scene.Key, SubjectScene.Customer, now.AddMinutes(10))),
            With(TestAssertions.Join("""{"alg":"none"}""", TestAssertions.Payload(SubjectScene.Customer, now), _ => [])),
            With(right[..^10]),
            With($"{right},{right}"),
            new() { { SubjectAccess.MetadataKey, right }, { SubjectAccess.MetadataKey, _scene.Assert("C-5002") } },
            new() { { SubjectAccess.MetadataKey, right }, { SubjectAccess.MetadataKey, right } },
        ];

        var refusals = 0;
        foreach (var metadata in wrong)
        {
            foreach (var call in Calls(channel, metadata))
            {
                var refused = await Should.ThrowAsync<RpcException>(call);
                (refused.Reason(), refused.StatusCode).ShouldBe(("SUBJECT_NOT_ASSERTED", StatusCode.Unauthenticated), refused.Status.Detail);
                refused.Status.Detail.ShouldBe("The metadata gateway-subject-assertion holds no valid assertion for one customer.");
                refused.Receipt().ShouldNotBeNull();
                refusals++;
            }
        }

        await _scene.Gateway.Services.GetRequiredService<RefusalLog>().FlushAsync();
        var entries = await LoggedEntries.ReadAsync(_settings.Log);
        entries.Where(e => e.Refusal == "SUBJECT_NOT_ASSERTED").Sum(e => Math.Max(1, (int)e.Count)).ShouldBe(refusals);
        entries.ShouldNotContain(e => e.Method.StartsWith(SubjectAccess.Service, StringComparison.Ordinal) && e.Outcome == Outcome.Released);
    }

    [Theory]
    [InlineData("northgate-warehouse")]
    [InlineData("cedar-payments")]
    public async Task OtherPartners_WithARightAssertion_AreNotGrantedTheMethod(string partner)
    {
        using var channel = _scene.Gateway.As(partner);
        foreach (var call in Calls(channel, _scene.As(SubjectScene.Customer)).Append(() => new SubjectService.SubjectServiceClient(channel)
            .RedeemPreferenceLinkAsync(new RedeemPreferenceLinkRequest { Token = "x" }, cancellationToken: Cancellation).ResponseAsync))
        {
            var refused = await Should.ThrowAsync<RpcException>(call);
            (refused.Reason(), refused.StatusCode).ShouldBe(("METHOD_NOT_GRANTED", StatusCode.PermissionDenied));
        }
    }

    [Fact]
    public async Task OtherPartners_AreRefusedBeforeTheBodyIsRead()
    {
        using var raw = new RawClient(_scene.Gateway, "northgate-warehouse");

        var answer = await raw.SendAsync($"/{SubjectAccess.Service}/ListDisclosures", "no message at all"u8.ToArray());

        answer.GrpcStatus.ShouldBe("7");
    }

    [Fact]
    public async Task AccountSite_WithoutSubjectAccessAnyMore_IsNotGrantedTheMethod()
    {
        ContractFiles.Edit(_settings, "account-site.yaml", t => t[..t.IndexOf("subject_access", StringComparison.Ordinal)] + """
            grants:
              - purpose: essential.service.fulfillment.warehousing
                basis: contract
                record: gateway.fulfilment.v1.Shipment
                methods: [GetShipment]
                fields: [{ paths: [order_id], because: show it }]
                window: 30d
                max_open: 90d
                delete_after: 30d
            """);

        await PartnerAsks.EventuallyAsync(async () => await PartnerAsks.ReasonAsync(_scene.ListAsync(SubjectScene.Customer)) == "METHOD_NOT_GRANTED");
    }

    [Fact]
    public async Task OneSubject_MoreThanSixtyCallsAMinute_WaitsAndOthersDoNot()
    {
        var reasons = new List<string?>();
        for (var i = 0; i < 70; i++)
        {
            reasons.Add(await PartnerAsks.ReasonAsync(_scene.ListAsync("C-nobody")));
        }

        reasons.Take(60).ShouldAllBe(r => r == null);
        reasons.ShouldContain(r => r == "RATE_EXCEEDED");
        (await PartnerAsks.ReasonAsync(_scene.ListAsync("C-nobody-else"))).ShouldBeNull();
    }

    private static IEnumerable<Func<Task>> Calls(GrpcChannel channel, Metadata metadata)
    {
        var client = new SubjectService.SubjectServiceClient(channel);
        var options = new CallOptions(metadata, cancellationToken: Cancellation);
        yield return () => client.GetSharedInformationAsync(new GetSharedInformationRequest(), options).ResponseAsync;
        yield return () => client.ListDisclosuresAsync(new ListDisclosuresRequest(), options).ResponseAsync;
        yield return () => client.GetPreferencesAsync(new GetPreferencesRequest(), options).ResponseAsync;
        yield return () => client.SetPreferencesAsync(new SetPreferencesRequest(), options).ResponseAsync;
        yield return () => client.CreatePreferenceLinkAsync(new CreatePreferenceLinkRequest(), options).ResponseAsync;
        yield return () => client.RequestCorrectionAsync(new RequestCorrectionRequest(), options).ResponseAsync;
        yield return () => client.RequestErasureAsync(new RequestErasureRequest(), options).ResponseAsync;
        yield return () => client.ListRequestsAsync(new ListRequestsRequest(), options).ResponseAsync;
    }

    private static Metadata With(string assertion) => new() { { SubjectAccess.MetadataKey, assertion } };
}
