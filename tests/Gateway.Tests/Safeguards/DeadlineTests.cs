using System.Collections.Frozen;
using System.Net;
using Gateway.Calls;
using Gateway.Configuration;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Demo.Shop;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Source;
using Gateway.Tests.Running;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Safeguards;

public sealed class DeadlineTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Theory]
    [InlineData(null, 30)]
    [InlineData("60S", 30)]
    [InlineData("99999999H", 30)]
    [InlineData("31000m", 30)]
    [InlineData("5S", 5)]
    [InlineData("1500m", 1.5)]
    [InlineData("1S,2S", 30)]
    [InlineData("-1S", 30)]
    [InlineData("soon", 30)]
    public async Task Deadline_AsAsked_IsDefaultedAndCapped(string? asked, double seconds)
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        var context = new DefaultHttpContext { RequestServices = gateway.Services };
        context.Features.Set(Somebody());
        if (asked is not null)
        {
            context.Request.Headers[GrpcTimeout.Header] = asked;
        }

        OpenCall? open = null;
        var middleware = new RecordEveryCall(
            inner =>
            {
                open = inner.Features.Get<OpenCall>();
                return Task.CompletedTask;
            },
            gateway.Services.GetRequiredService<Pipeline>(),
            TimeProvider.System);

        await middleware.InvokeAsync(context);

        (open!.Deadline - open.Arrived).ShouldBe(TimeSpan.FromSeconds(seconds));
        // What gRPC reads after this.
        GrpcTimeout.Parse(context.Request.Headers[GrpcTimeout.Header]).ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Get_PastItsDeadline_IsRecordedAsDeadline()
    {
        await using var gateway = await StartAsync(source => source.Before = cancelled => Task.Delay(Timeout.Infinite, cancelled));
        using var client = new RawClient(gateway, "northgate-warehouse");
        var request = new GetShipmentRequest { OrderId = DemoShop.SampleOrder.OrderId };
        var begun = TimeProvider.System.GetTimestamp();

        // A gRPC client with a deadline lets go by itself, and sends no grpc-timeout that is not its own.
        var late = await client.SendAsync(
            "/gateway.fulfilment.v1.FulfilmentService/GetShipment",
            RawClient.Frame(request.ToByteArray()),
            headers: (GrpcTimeout.Header, "300m"));

        late.GrpcStatus.ShouldBe("4");
        TimeProvider.System.GetElapsedTime(begun).ShouldBeLessThan(RecordEveryCall.MaxDuration, "the caller's own deadline ended it");
        var entry = await TheOnlyCallAsync();
        entry.Refusal.ShouldBe("DEADLINE");
        entry.Outcome.ShouldBe(Outcome.Failed);
        entry.Records.ShouldBe(ByteString.Empty);
    }

    [Fact]
    public async Task Get_CancelledWhileTheSourceReads_IsRecordedAsCancelled()
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var gateway = await StartAsync(source => source.Before = cancelled =>
        {
            reading.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancelled);
        });
        using var channel = gateway.As("northgate-warehouse");

        await CancelAsync(channel, reading.Task);

        var entry = await TheOnlyCallAsync();
        entry.Refusal.ShouldBe("CANCELLED");
        entry.Records.ShouldBe(ByteString.Empty);
    }

    [Fact]
    public async Task Get_CancelledWhileItsRecordCommits_StaysRecordedAsReleased()
    {
        HeldLog? held = null;
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System, services =>
            services.AddSingleton<IDisclosureLog>(p => held = new HeldLog(p.GetRequiredService<SqliteDisclosureLog>())));
        using var channel = gateway.As("northgate-warehouse");
        held!.Hold = true;

        await CancelAsync(channel, held.Appending.Task);
        held.Free.SetResult();

        // Whether it arrived nobody knows: over-recording is right.
        var entry = await TheOnlyCallAsync();
        entry.Outcome.ShouldBe(Outcome.Released);
        entry.Records.Length.ShouldBe(16);
    }

    private static async Task CancelAsync(Grpc.Net.Client.GrpcChannel channel, Task when)
    {
        using var cancel = new CancellationTokenSource();
        using var call = new FulfilmentService.FulfilmentServiceClient(channel).GetShipmentAsync(
            new GetShipmentRequest { OrderId = DemoShop.SampleOrder.OrderId }, cancellationToken: cancel.Token);
        await when.WaitAsync(PartnerAsks.Patience, TestContext.Current.CancellationToken);
        await cancel.CancelAsync();
        (await Should.ThrowAsync<RpcException>(async () => await call)).StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    private async Task<Entry> TheOnlyCallAsync()
    {
        var entry = default(Entry);
        await PartnerAsks.EventuallyAsync(async () =>
            (entry = (await LoggedEntries.ReadAsync(_settings.Log)).SingleOrDefault(e => e.Kind != Kind.Administration)) is not null);
        return entry!;
    }

    private Task<RunningGateway> StartAsync(Action<SourceProxy> set)
    {
        var source = new SourceProxy(new SqliteRecordSource(_settings.Source, TimeProvider.System));
        set(source);
        return RunningGateway.StartAsync(_settings, TimeProvider.System, services => services.AddSingleton<IRecordSource>(source));
    }

    private PeerConnection Somebody()
    {
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(
            Path.Combine(_settings.Certificates.FullName, "northgate-warehouse.pem"));
        SpiffeId.TryParse("spiffe://shop.example/partner/northgate-warehouse", out var uri).ShouldBeTrue();
        var now = TimeProvider.System.GetUtcNow();
        var identity = new PeerIdentity(
            uri!, new[] { "partners" }.ToFrozenSet(StringComparer.Ordinal), SpkiHash.Of(certificate), new byte[] { 1 }, now.AddDays(-1), now.AddDays(1));
        return new PeerConnection("test", identity, new IPEndPoint(IPAddress.Loopback, 1), now);
    }

    /// <summary>The real log behind a door: an append waits there until it is freed.</summary>
    private sealed class HeldLog(IDisclosureLog inner) : IDisclosureLog
    {
        public bool Hold { get; set; }

        public TaskCompletionSource Appending { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Free { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope)
        {
            if (Hold)
            {
                Appending.TrySetResult();
                await Free.Task;
            }

            await inner.AppendAsync(leaf, scope);
        }
    }
}
