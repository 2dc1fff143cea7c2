using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Telemetry;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Sqlite.Spans;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Telemetry;

public sealed class TraceServiceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("traces");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetTrace_OfACallThatHasJustEnded_FindsItByReceiptAndByTrace()
    {
        await using var app = await StartAsync(allow: true);
        using var channel = GrpcChannel.ForAddress(app.Urls.Single());
        var client = new TraceService.TraceServiceClient(channel);
        var receipt = ReceiptId.New(TimeProvider.System.GetUtcNow());
        using var call = CallTrace.Start(method: null, traceparent: null);
        call.Record(receipt);
        call.End(RefusalReason.RecordNotAvailable);

        var byReceipt = await client.GetTraceAsync(new GetTraceRequest { Receipt = receipt.ToString() }, cancellationToken: Cancel);
        var byTrace = await client.GetTraceAsync(new GetTraceRequest { Trace = call.TraceId.ToHexString() }, cancellationToken: Cancel);
        var list = await client.ListTracesAsync(new ListTracesRequest { PageSize = 1000 }, cancellationToken: Cancel);

        byReceipt.ShouldBe(byTrace);
        list.Traces.ShouldContain(t => t.Receipt == receipt.ToString() && t.Refusal == "RECORD_NOT_AVAILABLE");
    }

    [Theory]
    [InlineData("", StatusCode.InvalidArgument)]
    [InlineData("0AF7651916CD43DD8448EB211C80319C", StatusCode.InvalidArgument)]
    [InlineData("' OR 1=1 --", StatusCode.InvalidArgument)]
    [InlineData("0af7651916cd43dd8448eb211c80319c", StatusCode.NotFound)]
    public async Task GetTrace_NotATraceOrUnknown_SaysSo(string name, StatusCode expected)
    {
        await using var app = await StartAsync(allow: true);
        using var channel = GrpcChannel.ForAddress(app.Urls.Single());
        var client = new TraceService.TraceServiceClient(channel);

        (await Should.ThrowAsync<RpcException>(async () =>
            await client.GetTraceAsync(new GetTraceRequest { Trace = name }, cancellationToken: Cancel))).StatusCode.ShouldBe(expected);
        (await Should.ThrowAsync<RpcException>(async () =>
            await client.ListTracesAsync(new ListTracesRequest { PageSize = 1001 }, cancellationToken: Cancel)))
            .StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Service_CallerWithoutThePermission_GetsNothing()
    {
        await using var app = await StartAsync(allow: false);
        using var channel = GrpcChannel.ForAddress(app.Urls.Single());
        var client = new TraceService.TraceServiceClient(channel);

        await Should.ThrowAsync<RpcException>(async () => await client.ListTracesAsync(new ListTracesRequest(), cancellationToken: Cancel));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<WebApplication> StartAsync(bool allow)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(k => k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http2));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSpanStore(new SpanStoreOptions(Path.Combine(_folder.FullName, "spans.db")));
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorizationBuilder().AddPolicy(Services.TraceService.Policy, p => p.RequireAssertion(_ => allow));
        builder.Services.AddGrpc();
        var app = builder.Build();
        app.UseAuthorization();
        app.MapGrpcService<Services.TraceService>();
        await app.StartAsync(Cancel);
        return app;
    }
}
