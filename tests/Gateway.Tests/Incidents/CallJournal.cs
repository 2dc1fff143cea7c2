using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Incidents;

/// <summary>What a warehouse received, as it notes it down itself: the report must say the same.</summary>
internal sealed class CallJournal(RunningGateway gateway, string partner)
{
    private readonly List<(List<string> Orders, Receipt Receipt, bool Street)> _answers = [];

    public int Answers => _answers.Count;

    public int Refused { get; private set; }

    public int RecordsReleased => _answers.Sum(a => a.Orders.Count);

    public int WithStreet => _answers.Where(a => a.Street).Sum(a => a.Orders.Count);

    public HashSet<string> Orders => [.. _answers.SelectMany(a => a.Orders)];

    public DateTimeOffset First => _answers.Min(a => a.Receipt.Time)!.ToDateTimeOffset();

    public DateTimeOffset Last => _answers.Max(a => a.Receipt.Time)!.ToDateTimeOffset();

    public DateTimeOffset DeleteBy => _answers.Max(a => a.Receipt.DeleteBy)!.ToDateTimeOffset();

    /// <summary>Records released of each customer, as the shop knows whose orders they are.</summary>
    public async Task<Dictionary<string, int>> CustomersAsync()
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var shop = new SqliteConnection(gateway.Settings.Source);
        await shop.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = shop.CreateCommand();
        command.CommandText = "SELECT order_id, subject_id FROM sharing_shipments";
        await using var rows = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        while (await rows.ReadAsync(TestContext.Current.CancellationToken))
        {
            owners[rows.GetString(0)] = rows.GetString(1);
        }

        return _answers.SelectMany(a => a.Orders).GroupBy(o => owners[o], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
    }

    /// <summary>Calls of every sort: alone, in batches and pages, twice the same, with a mask, and some that are refused.</summary>
    public async Task FillAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var channel = gateway.As(partner);
        var client = new FulfilmentService.FulfilmentServiceClient(channel);
        var page = await client.ListShipmentsAsync(new ListShipmentsRequest { PageSize = 20 }, cancellationToken: cancellation);
        Note(page.Shipments, page.Receipt);
        string[] orders = [.. page.Shipments.Select(s => s.OrderId)];
        var next = await client.ListShipmentsAsync(new ListShipmentsRequest { PageSize = 20, PageToken = page.NextPageToken }, cancellationToken: cancellation);
        Note(next.Shipments, next.Receipt);
        var batch = await client.BatchGetShipmentsAsync(new BatchGetShipmentsRequest { OrderIds = { orders[..5].Append("A-0") } }, cancellationToken: cancellation);
        Note(batch.Shipments, batch.Receipt);
        foreach (var order in (string[])[orders[0], orders[0], orders[7]])
        {
            var one = await client.GetShipmentAsync(new GetShipmentRequest { OrderId = order }, cancellationToken: cancellation);
            Note([one.Shipment], one.Receipt);
        }

        var narrow = await client.GetShipmentAsync(
            new GetShipmentRequest { OrderId = orders[3] }, new Metadata { { "gateway-read-mask", "order_id,recipient_name" } }, cancellationToken: cancellation);
        Note([narrow.Shipment], narrow.Receipt);
        foreach (var order in (string[])["A-0", "A-00"])
        {
            await client.GetShipmentAsync(new GetShipmentRequest { OrderId = order }, cancellationToken: cancellation).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
            Refused++;
        }
    }

    private void Note(IEnumerable<Shipment> shipments, Receipt receipt) =>
        _answers.Add(([.. shipments.Select(s => s.OrderId)], receipt, receipt.Scope.Released.Contains("address.street", StringComparer.Ordinal)));
}
