using System.Security.Cryptography;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Subjects;
using Gateway.Demo.AccountSite;
using Gateway.Demo.Shop;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;
using Gateway.Protos.Subject.V1;
using Gateway.Subjects;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Subjects;

/// <summary>A running gateway with the shop's account site: its certificate and the key it signs assertions with.</summary>
internal sealed class SubjectScene : IAsyncDisposable
{
    /// <summary>A list of the policy.</summary>
    public const string List = "newsletter";

    private readonly GrpcChannel _site;
    private readonly ECDsa _key = ECDsa.Create();

    private SubjectScene(RunningGateway gateway)
    {
        Gateway = gateway;
        _site = gateway.As(DemoAccountSite.Partner);
        _key.ImportFromPem(File.ReadAllText(DemoAccountSite.KeyFile(gateway.Settings.Certificates, DemoAccountSite.Partner)));
        Site = new SubjectService.SubjectServiceClient(_site);
    }

    public RunningGateway Gateway { get; }

    public SubjectService.SubjectServiceClient Site { get; }

    /// <summary>The customer of <see cref="DemoShop.SampleOrder"/>.</summary>
    public static string Customer => DemoShop.SampleOrder.CustomerId;

    /// <summary>The key that the account site's contract names.</summary>
    public ECDsa Key => _key;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SubjectScene> StartAsync(
        GatewaySettings settings, TimeProvider? clock = null, Action<IServiceCollection>? more = null) =>
        new(await RunningGateway.StartAsync(settings, clock ?? TimeProvider.System, more));

    /// <summary>An assertion, as the account site makes it.</summary>
    public string Assert(string subject) => AssertionMaker.Make(_key, DemoAccountSite.Partner, subject, TimeProvider.System.GetUtcNow());

    /// <summary>What the account site sends with a call for this customer.</summary>
    public Metadata As(string subject) => new() { { SubjectAccess.MetadataKey, Assert(subject) } };

    public async Task<GetSharedInformationResponse> HeldAsync(string subject) =>
        await Site.GetSharedInformationAsync(new GetSharedInformationRequest(), As(subject), cancellationToken: Cancellation);

    public AsyncUnaryCall<ListDisclosuresResponse> ListAsync(string subject, string token = "", int size = 0) =>
        Site.ListDisclosuresAsync(new ListDisclosuresRequest { PageSize = size, PageToken = token }, As(subject), cancellationToken: Cancellation);

    /// <summary>Every page put together.</summary>
    public async Task<List<Disclosure>> ListAllAsync(string subject, int size = 0)
    {
        var all = new List<Disclosure>();
        var token = "";
        do
        {
            var page = await ListAsync(subject, token, size);
            page.Disclosures.Count.ShouldBeLessThanOrEqualTo(size == 0 ? 50 : size);
            all.AddRange(page.Disclosures);
            token = page.NextPageToken;
        }
        while (token.Length > 0);
        return all;
    }

    public async Task<CreatePreferenceLinkResponse> LinkAsync(string subject, PreferenceState state = PreferenceState.OptedOut, int seconds = 0) =>
        await Site.CreatePreferenceLinkAsync(
            new CreatePreferenceLinkRequest { Topic = List, State = state, ExpiresInSeconds = seconds }, As(subject), cancellationToken: Cancellation);

    public AsyncUnaryCall<RedeemPreferenceLinkResponse> RedeemAsync(string token) =>
        Site.RedeemPreferenceLinkAsync(new RedeemPreferenceLinkRequest { Token = token }, cancellationToken: Cancellation);

    public async Task<TopicPreference> SaysAsync(string subject) =>
        (await Site.GetPreferencesAsync(new GetPreferencesRequest(), As(subject), cancellationToken: Cancellation)).Preferences.Single(p => p.Topic == List);

    /// <summary>Lets three partners read the sample order, and one of them a page of everything.</summary>
    public async Task DiscloseAsync()
    {
        using var northgate = Gateway.As("northgate-warehouse");
        using var harbour = Gateway.As("harbour-carrier");
        using var cedar = Gateway.As("cedar-payments");
        var order = DemoShop.SampleOrder;
        await northgate.GetShipment(order.OrderId);
        await new ShippingService.ShippingServiceClient(harbour).GetParcelAsync(new GetParcelRequest { ParcelId = order.ParcelId }, cancellationToken: Cancellation);
        await new PaymentService.PaymentServiceClient(cedar).GetChargeAsync(
            new GetChargeRequest { OrderId = order.OrderId }, new Metadata { { "gateway-purpose", "essential.service.payment_processing" } }, cancellationToken: Cancellation);
        await new FulfilmentService.FulfilmentServiceClient(northgate).ListShipmentsAsync(new ListShipmentsRequest { PageSize = 250 }, cancellationToken: Cancellation);
    }

    public async Task<SubjectKey?> KeyOfAsync(string subject) => await Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(subject);

    /// <summary>Customers with anything in the views, in order.</summary>
    public List<string> Customers()
    {
        using var connection = DemoShop.Open(Gateway.Settings.Data.Shop);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT DISTINCT subject_id FROM sharing_shipments ORDER BY 1";
        using var rows = command.ExecuteReader();
        var customers = new List<string>();
        while (rows.Read())
        {
            customers.Add(rows.GetString(0));
        }

        return customers;
    }

    public async ValueTask DisposeAsync()
    {
        _site.Dispose();
        _key.Dispose();
        await Gateway.DisposeAsync();
    }
}
