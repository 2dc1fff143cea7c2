using System.Diagnostics;
using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Tests.Safeguards;

/// <summary>A Watch on a connection of its own, read until it ends; knows when its last data came.</summary>
internal sealed class OpenStream : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly AsyncServerStreamingCall<WatchShipmentsResponse> _call;
    private long _last;
    private int _messages;

    private OpenStream(GrpcChannel channel)
    {
        _channel = channel;
        _call = channel.WatchShipments();
        Ended = Task.Run(ReadAsync);
    }

    /// <summary>Completes with how it ended.</summary>
    public Task<RpcException> Ended { get; }

    /// <summary>When the last message came, by <see cref="Stopwatch"/>.</summary>
    public long Last => Interlocked.Read(ref _last);

    /// <summary>Messages so far.</summary>
    public int Messages => Volatile.Read(ref _messages);

    /// <summary>Opens streams with one certificate, each on a connection of its own, and waits until each has data.</summary>
    public static async Task<List<OpenStream>> OpenAsync(RunningGateway gateway, string certificate, int count)
    {
        var streams = Enumerable.Range(0, count).Select(_ => new OpenStream(
            MutualTlsChannel.Open(gateway.Settings.Certificates, certificate, $"localhost:{gateway.Partners}"))).ToList();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(streams.All(s => s.Messages > 0 || s.Ended.IsCompleted)));
        streams.ShouldAllBe(s => !s.Ended.IsCompleted);
        return streams;
    }

    public void Dispose()
    {
        _call.Dispose();
        _channel.Dispose();
    }

    private async Task<RpcException> ReadAsync()
    {
        try
        {
            while (await _call.ResponseStream.MoveNext(CancellationToken.None))
            {
                Interlocked.Exchange(ref _last, Stopwatch.GetTimestamp());
                Interlocked.Increment(ref _messages);
            }

            return new RpcException(Status.DefaultSuccess);
        }
        catch (RpcException e)
        {
            return e;
        }
    }
}

/// <summary>Changes a few open orders of northgate-warehouse again and again, so that its streams always have something to send.</summary>
internal sealed class BusyShop : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _changing;

    public BusyShop(GatewaySettings settings)
    {
        var orders = string.Join(", ", ShopViews.OpenOrders(settings, 3).Select(o => $"'{o}'"));
        _changing = Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                ShopViews.Execute(settings, $"UPDATE orders SET changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE order_id IN ({orders})");
                await Task.Delay(100, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _changing;
        _stop.Dispose();
    }
}
