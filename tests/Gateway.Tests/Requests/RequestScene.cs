using System.Text;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Requests;

/// <summary>A running gateway, a customer of its shop, the privacy officer, and partners that were given the customer's records.</summary>
internal sealed class RequestScene : IAsyncDisposable
{
    public const string Northgate = "northgate-warehouse";
    public const string Cedar = "cedar-payments";
    public const string Harbour = "harbour-carrier";
    public const string Warehousing = "essential.service.fulfillment.warehousing";

    private readonly Dictionary<string, GrpcChannel> _channels = new(StringComparer.Ordinal);
    private readonly bool _ownsFolder;

    private RequestScene(RunningGateway gateway, bool ownsFolder)
    {
        Gateway = gateway;
        _ownsFolder = ownsFolder;
        Requests = new RequestService.RequestServiceClient(Staff("privacy-officer"));
        Obligations = new ObligationService.ObligationServiceClient(Staff("privacy-officer"));
    }

    public static SampleOrder Order => DemoShop.SampleOrder;

    public RunningGateway Gateway { get; }

    public RequestService.RequestServiceClient Requests { get; }

    public ObligationService.ObligationServiceClient Obligations { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<RequestScene> StartAsync(TimeProvider? clock = null, Action<IServiceCollection>? more = null) =>
        StartAsync(RunningGateway.Prepare(clock), clock, more, ownsFolder: true);

    public static async Task<RequestScene> StartAsync(
        GatewaySettings settings, TimeProvider? clock = null, Action<IServiceCollection>? more = null, bool ownsFolder = false) =>
        new(await RunningGateway.StartAsync(settings, clock ?? TimeProvider.System, more), ownsFolder);

    public GrpcChannel As(string partner) => Kept("partner " + partner, () => Gateway.As(partner));

    public GrpcChannel Staff(string person) => Kept("staff " + person, () => Gateway.AsStaff(person));

    public ContractService.ContractServiceClient Contract(string partner) => new(As(partner));

    /// <summary>Northgate is given the order's shipment.</summary>
    public async Task<Receipt> ShipAsync(string? order = null) => (await As(Northgate).GetShipment(order ?? Order.OrderId)).Receipt;

    public async Task<Receipt> DeliverAsync() => (await new ShippingService.ShippingServiceClient(As(Harbour)).GetParcelAsync(
        new GetParcelRequest { ParcelId = Order.ParcelId }, cancellationToken: Cancellation)).Receipt;

    public async Task<Receipt> ChargeAsync(string purpose = "essential.service.payment_processing") =>
        (await new PaymentService.PaymentServiceClient(As(Cedar)).GetChargeAsync(
            new GetChargeRequest { OrderId = Order.OrderId }, new Metadata { { "gateway-purpose", purpose } }, cancellationToken: Cancellation)).Receipt;

    public async Task<CustomerRequest> OpenCorrectionAsync(string record, string words, params string[] fields) =>
        (await Requests.OpenRequestAsync(
            new OpenRequestRequest { SubjectId = Order.CustomerId, Kind = RequestKind.Rectification, Record = record, Fields = { fields }, Words = words },
            cancellationToken: Cancellation)).Request;

    public async Task<CustomerRequest> OpenErasureAsync(string words = "") =>
        (await Requests.OpenRequestAsync(
            new OpenRequestRequest { SubjectId = Order.CustomerId, Kind = RequestKind.Erasure, Words = words }, cancellationToken: Cancellation)).Request;

    public async Task<ResolveRequestResponse> ResolveAsync(string id, RequestOutcome outcome = RequestOutcome.Done) =>
        await Requests.ResolveRequestAsync(new ResolveRequestRequest { Id = id, Outcome = outcome, Reason = "answered by letter" }, cancellationToken: Cancellation);

    public async Task<List<Notice>> NoticesAsync(string partner) =>
        [.. (await Contract(partner).ListNoticesAsync(new ListNoticesRequest(), cancellationToken: Cancellation)).Notices];

    public async Task<string> MarkAsync() =>
        (await Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(Order.CustomerId))!.Mark.ToString();

    public Task<List<Entry>> EntriesAsync() => LoggedEntries.ReadAsync(Gateway.Settings.Log);

    /// <summary>The acts in the log under this name.</summary>
    public async Task<List<Entry.Types.Administration>> ActsAsync(string action) =>
        [.. (await EntriesAsync()).Where(e => e.Administration?.Action == action).Select(e => e.Administration)];

    /// <summary>True where a file of the data folder, but the shop's, holds the text.</summary>
    public static List<string> FilesWith(GatewaySettings settings, string text) =>
        [.. new DirectoryInfo(settings.Data.Root).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(f => !f.Name.StartsWith("shop.db", StringComparison.Ordinal) && !f.Name.EndsWith(".lock", StringComparison.Ordinal))
            .Where(f => Read(f.FullName).AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0).Select(f => f.Name)];

    public async ValueTask DisposeAsync()
    {
        foreach (var channel in _channels.Values)
        {
            channel.Dispose();
        }

        await Gateway.DisposeAsync();
        if (_ownsFolder)
        {
            Directory.Delete(Gateway.Settings.Data.Root, recursive: true);
        }
    }

    private static byte[] Read(string path)
    {
        // Copied by another process, for closing a handle here would give up the locks that SQLite holds in this one.
        using var cat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("cat", [path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        using var bytes = new MemoryStream();
        cat.StandardOutput.BaseStream.CopyTo(bytes);
        cat.WaitForExit();
        return bytes.ToArray();
    }

    private GrpcChannel Kept(string name, Func<GrpcChannel> open) =>
        _channels.TryGetValue(name, out var channel) ? channel : _channels[name] = open();
}
