using Gateway.Calls;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Erasure;

/// <summary>A running gateway, a customer of its shop with an order, and the privacy officer.</summary>
internal sealed class ErasureScene : IAsyncDisposable
{
    public const string Reason = "request of 3 March";

    private readonly GrpcChannel _officer;
    private readonly GrpcChannel _northgate;
    private readonly GrpcChannel _cedar;

    private ErasureScene(RunningGateway gateway, string customer)
    {
        Gateway = gateway;
        Customer = customer;
        _officer = gateway.AsStaff("privacy-officer");
        _northgate = gateway.As("northgate-warehouse");
        _cedar = gateway.As("cedar-payments");
        Officer = new ErasureService.ErasureServiceClient(_officer);
        Log = new DisclosureLogService.DisclosureLogServiceClient(_officer);
    }

    public static string Order => DemoShop.SampleOrder.OrderId;

    public RunningGateway Gateway { get; }

    /// <summary>The shop's id of the customer whose order it is.</summary>
    public string Customer { get; }

    public ErasureService.ErasureServiceClient Officer { get; }

    public DisclosureLogService.DisclosureLogServiceClient Log { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ErasureScene> StartAsync(GatewaySettings settings, Action<IServiceCollection>? more = null)
    {
        var gateway = await RunningGateway.StartAsync(settings, TimeProvider.System, more);
        var shipments = PartnerServices.Catalogue.Records.Values.Single(r => r.Descriptor == Shipment.Descriptor);
        var customer = await gateway.Services.GetRequiredService<ISubjectLookup>().FindSubjectAsync(shipments, Order, Cancellation);
        return new ErasureScene(gateway, customer!);
    }

    public async Task ShipAsync() => await _northgate.GetShipment(Order);

    public async Task ChargeAsync(string purpose) =>
        await new PaymentService.PaymentServiceClient(_cedar).GetChargeAsync(
            new GetChargeRequest { OrderId = Order }, new Metadata { { "gateway-purpose", purpose } }, cancellationToken: Cancellation);

    public async Task<ForgetSubjectResponse> ForgetAsync(bool dryRun = false) =>
        await Officer.ForgetSubjectAsync(
            new ForgetSubjectRequest { SubjectId = Customer, Reason = dryRun ? "" : Reason, DryRun = dryRun }, cancellationToken: Cancellation);

    public async Task<HoldSubjectResponse> HoldAsync() =>
        await Officer.HoldSubjectAsync(new HoldSubjectRequest { SubjectId = Customer, Reason = "claim 17" }, cancellationToken: Cancellation);

    public async Task<ReleaseSubjectResponse> ReleaseAsync() =>
        await Officer.ReleaseSubjectAsync(new ReleaseSubjectRequest { SubjectId = Customer, Reason = "settled" }, cancellationToken: Cancellation);

    /// <summary>How many entries staff find by this.</summary>
    public async Task<int> CountAsync(EntryFilter filter) =>
        (await Log.QueryEntriesAsync(new QueryEntriesRequest { Filter = filter, PageSize = 250 }, cancellationToken: Cancellation)).Entries.Count;

    /// <summary>The customer's pseudonym now; null where they have no key.</summary>
    public async Task<Pseudonym?> PseudonymAsync() => (await Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(Customer))?.Pseudonym;

    /// <summary>What acts on the customer are recorded under now; null where they have no key.</summary>
    public async Task<SubjectMark?> MarkAsync() => (await Gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(Customer))?.Mark;

    public async Task<string?> IdentityAsync(Pseudonym subject) =>
        (await Gateway.Services.GetRequiredService<ISubjectIdentities>().FindIdentityAsync(subject))?.SubjectId;

    /// <summary>Nothing that is in the log under the old pseudonym can be found by whom it was.</summary>
    public async Task ShouldBeUnlinkableAsync(Pseudonym old)
    {
        (await IdentityAsync(old)).ShouldBeNull();
        (await PseudonymAsync()).ShouldNotBe(old);
        (await CountAsync(new EntryFilter { SubjectId = Customer })).ShouldBe(0);
        (await CountAsync(new EntryFilter { Lookup = $"Shipment/{Order}" })).ShouldBe(0);
        (await CountAsync(new EntryFilter { Lookup = $"Charge/{DemoShop.SampleOrder.PaymentId}" })).ShouldBe(0);
    }

    /// <summary>The customer came back: what is found is what was released since.</summary>
    public async Task ShouldHaveOneEntryUnderAnotherPseudonymAsync(Pseudonym old)
    {
        (await IdentityAsync(old)).ShouldBeNull();
        (await PseudonymAsync()).ShouldNotBeNull();
        (await PseudonymAsync()).ShouldNotBe(old);
        (await CountAsync(new EntryFilter { SubjectId = Customer })).ShouldBe(1);
        (await CountAsync(new EntryFilter { Lookup = $"Shipment/{Order}" })).ShouldBe(1);
    }

    public Task<List<Entry>> EntriesAsync() => LoggedEntries.ReadAsync(Gateway.Settings.Log);

    /// <summary>The acts in the log under this name.</summary>
    public async Task<List<Entry.Types.Administration>> ActsAsync(string action) =>
        [.. (await EntriesAsync()).Where(e => e.Administration?.Action == action).Select(e => e.Administration)];

    /// <summary>The leaves as they lie in the log's file.</summary>
    public static async Task<List<byte[]>> LeavesAsync(GatewaySettings settings)
    {
        using var reader = SqliteLogReader.Open(settings.Log);
        return [.. (await reader.ReadAsync(0, int.MaxValue, Cancellation)).Select(l => l.Bytes)];
    }

    /// <summary>Index of the first leaf at hand.</summary>
    public static async Task<long> FirstIndexAsync(GatewaySettings settings)
    {
        using var reader = SqliteLogReader.Open(settings.Log);
        return (await reader.ReadAsync(0, 1, Cancellation))[0].Index;
    }

    public async ValueTask DisposeAsync()
    {
        _officer.Dispose();
        _northgate.Dispose();
        _cedar.Dispose();
        await Gateway.DisposeAsync();
    }
}
