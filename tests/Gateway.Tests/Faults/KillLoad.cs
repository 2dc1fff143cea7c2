using System.Collections.Concurrent;
using System.Diagnostics;
using Gateway.Configuration;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Faults;

/// <summary>Every shape of call, from several connections, until the gateway is gone; the journal of what came.</summary>
internal sealed class KillLoad : IDisposable
{
    private const string Shipment = "gateway.fulfilment.v1.Shipment";
    private const string Charge = "gateway.payment.v1.Charge";

    private readonly List<GrpcChannel> _channels = [];
    private readonly List<Task> _running = [];
    private readonly ConcurrentQueue<Got> _journal = new();
    private long _begun;
    private int _answers;
    private int _streamed;

    public KillLoad(ServeProcess gateway, GatewaySettings settings, IReadOnlyList<string> orders)
    {
        for (var connection = 0; connection < 2; connection++)
        {
            var shipments = new FulfilmentService.FulfilmentServiceClient(Open(gateway, settings, "northgate-warehouse"));
            for (var i = 0; i < 8; i++)
            {
                var order = orders[(i * 2) + connection];
                Run(async () =>
                {
                    var answer = await shipments.GetShipmentAsync(new GetShipmentRequest { OrderId = order });
                    Note(answer.Receipt.Id, Shipment, [answer.Shipment.OrderId]);
                });
            }

            Run(async () =>
            {
                var answer = await shipments.ListShipmentsAsync(new ListShipmentsRequest { PageSize = 20 });
                Note(answer.Receipt.Id, Shipment, answer.Shipments.Select(s => s.OrderId));
            });
            Run(() => RefusedAsync(shipments));
        }

        var watcher = new FulfilmentService.FulfilmentServiceClient(Open(gateway, settings, "northgate-warehouse"));
        Run(() => WatchAsync(watcher));
        var charges = new PaymentService.PaymentServiceClient(Open(gateway, settings, "cedar-payments"));
        for (var i = 0; i < 4; i++)
        {
            Run(async () =>
            {
                var answer = await charges.ListChargesAsync(
                    new ListChargesRequest { PageSize = 5 }, new Metadata { { "gateway-purpose", "essential.fraud_detection" } });
                Note(answer.Receipt.Id, Charge, answer.Charges.Select(c => c.PaymentId));
            });
        }
    }

    /// <summary>What came.</summary>
    /// <param name="Receipt">Under which receipt.</param>
    /// <param name="Type">The record's message.</param>
    /// <param name="Key">The record's key; null for a refusal.</param>
    public sealed record Got(string Receipt, string Type, string? Key);

    public IReadOnlyCollection<Got> Journal => _journal;

    /// <summary>Answers and streamed messages so far.</summary>
    public int Answers => Volatile.Read(ref _answers);

    /// <summary>Of these, streamed.</summary>
    public int Streamed => Volatile.Read(ref _streamed);

    /// <summary>Since the first answer.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Interlocked.Read(ref _begun));

    public Task EndedAsync() => Task.WhenAll(_running).WaitAsync(PartnerAsks.Patience, TestContext.Current.CancellationToken);

    public void Dispose() => _channels.ForEach(c => c.Dispose());

    private GrpcChannel Open(ServeProcess gateway, GatewaySettings settings, string partner)
    {
        var channel = gateway.As(settings, partner);
        _channels.Add(channel);
        return channel;
    }

    private void Note(string receipt, string type, IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            _journal.Enqueue(new Got(receipt, type, key));
        }

        Count();
    }

    private void Count()
    {
        Interlocked.CompareExchange(ref _begun, Stopwatch.GetTimestamp(), 0);
        Interlocked.Increment(ref _answers);
    }

    private void Run(Func<Task> call) => _running.Add(Task.Run(async () =>
    {
        try
        {
            while (true)
            {
                await call();
            }
        }
        catch (RpcException)
        {
            // The gateway is gone.
        }
    }));

    // A refusal of its own entry is durable before it is told, as an answer is; one that is coalesced is not, and is not asked for here.
    private async Task RefusedAsync(FulfilmentService.FulfilmentServiceClient client)
    {
        await Task.Delay(100);
        try
        {
            await client.GetShipmentAsync(new GetShipmentRequest { OrderId = "A-0" });
        }
        catch (RpcException e) when (e.Reason() == "RECORD_NOT_AVAILABLE")
        {
            _journal.Enqueue(new Got(e.Receipt()!, Shipment, Key: null));
            Count();
        }
    }

    private async Task WatchAsync(FulfilmentService.FulfilmentServiceClient client)
    {
        using var stream = client.WatchShipments(new WatchShipmentsRequest());
        while (await stream.ResponseStream.MoveNext(CancellationToken.None))
        {
            if (stream.ResponseStream.Current is { Shipment: { } shipment } message)
            {
                Note(message.Receipt.Id, Shipment, [shipment.OrderId]);
                Interlocked.Increment(ref _streamed);
            }
        }
    }
}
