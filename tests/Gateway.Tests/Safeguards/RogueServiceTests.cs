using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gateway.Calls;
using Gateway.Commands;
using Gateway.Core.Annotations;
using Gateway.Demo.Shop;
using Gateway.Listeners;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Safeguards;

public sealed class RogueServiceTests
{
    [Fact]
    public async Task Unary_AnswersAroundThePipeline_IsBlockedRecordedAndAlarmed()
    {
        using var alarms = new RaisedAlarms();
        await using var gateway = await RunningGateway.StartAsync(MapRogue);
        using var channel = gateway.As("northgate-warehouse");

        await ShouldBeBlockedAsync(async () => await channel.GetShipment(DemoShop.SampleOrder.OrderId));

        alarms.Has("unrecorded_answer").ShouldBeTrue();
        await ShouldBeOnlyAFaultAsync(gateway);
    }

    [Fact]
    public async Task Unary_AnswersOtherThanRecorded_IsBlocked()
    {
        await using var gateway = await RunningGateway.StartAsync(MapRogue);
        using var channel = gateway.As("northgate-warehouse");

        await ShouldBeBlockedAsync(async () => await new FulfilmentService.FulfilmentServiceClient(channel)
            .ListShipmentsAsync(new ListShipmentsRequest { PageSize = 1 }, cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Stream_WritesAroundThePipeline_IsBlockedRecordedAndAlarmed()
    {
        using var alarms = new RaisedAlarms();
        await using var gateway = await RunningGateway.StartAsync(MapRogue);
        using var channel = gateway.As("northgate-warehouse");
        using var stream = channel.WatchShipments();

        await ShouldBeBlockedAsync(async () => (await stream.ResponseStream.MoveNext(TestContext.Current.CancellationToken)).ShouldBeFalse());

        alarms.Has("unrecorded_answer").ShouldBeTrue();
        await ShouldBeOnlyAFaultAsync(gateway);
    }

    [Theory]
    [InlineData("GetShipment")]
    [InlineData("WatchShipments")]
    public async Task Wire_AnswersAroundThePipeline_CarriesNoByteOfABody(string method)
    {
        await using var gateway = await RunningGateway.StartAsync(MapRogue);
        using var http = Raw(gateway);
        var body = new byte[] { 0, 0, 0, 0, 0 };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"https://localhost:{gateway.Partners}/gateway.fulfilment.v1.FulfilmentService/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/grpc") } },
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
        var all = response.Headers.Concat(response.TrailingHeaders).ToList();
        all.ShouldContain(h => h.Key == "grpc-status" && h.Value.Single() == ((int)StatusCode.Internal).ToString());
        string.Join('\n', all.SelectMany(h => h.Value)).ShouldNotContain("Mallory");
    }

    [Fact]
    public async Task Start_UnlabelledService_Fails()
    {
        var failure = await Should.ThrowAsync<CommandFailure>(() => RunningGateway.StartAsync(
            services => services.AddSingleton<IStartupFilter>(new Instead((endpoints, catalogue) => PartnerPipeline.Map<UnlabelledService>(endpoints, catalogue)))));

        failure.ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
        failure.Message.ShouldContain("/gateway.admin.v1.AdminService/");
        failure.Message.ShouldContain("is not labelled and cannot be served to partners");
    }

    private static void MapRogue(IServiceCollection services) =>
        services.AddSingleton<IStartupFilter>(new Instead((endpoints, catalogue) => PartnerPipeline.Map<RogueFulfilment>(endpoints, catalogue)));

    private static async Task ShouldBeBlockedAsync(Func<Task> call)
    {
        var blocked = await Should.ThrowAsync<RpcException>(call);
        blocked.StatusCode.ShouldBe(StatusCode.Internal);
        blocked.ToString().ShouldNotContain("Mallory");
    }

    private static async Task ShouldBeOnlyAFaultAsync(RunningGateway gateway)
    {
        // The record of a call that no step recorded follows its answer.
        var entry = default(Entry);
        await PartnerAsks.EventuallyAsync(async () =>
            (entry = (await LoggedEntries.ReadAsync(gateway.Settings.Log)).SingleOrDefault(e => e.Kind != Kind.Administration)) is not null);
        entry!.Refusal.ShouldBe("INTERNAL_FAULT");
        entry.Outcome.ShouldBe(Outcome.Failed);
        entry.Caller.Partner.ShouldBe("northgate-warehouse");
        entry.Records.ShouldBe(ByteString.Empty);
    }

    private static HttpClient Raw(RunningGateway gateway)
    {
        var certificates = gateway.Settings.Certificates.FullName;
        var identity = X509Certificate2.CreateFromPemFile(
            Path.Combine(certificates, "northgate-warehouse.pem"), Path.Combine(certificates, "northgate-warehouse.key"));
        return new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificateContext = SslStreamCertificateContext.Create(identity, additionalCertificates: null, offline: true),
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(Path.Combine(certificates, "ca.pem")) },
                    RevocationMode = X509RevocationMode.NoCheck,
                },
            },
        });
    }

    /// <summary>Puts other services on the partner listener, with everything else around a call as it is.</summary>
    private sealed class Instead(Action<IEndpointRouteBuilder, Catalogue> map) : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            var partners = PartnerPipeline.Build(app.ApplicationServices, map);
            app.Use((context, inner) => context.Features.Get<ListenerFeature>()?.Kind == ListenerKind.Partners ? partners(context) : inner(context));
            next(app);
        };
    }
}
