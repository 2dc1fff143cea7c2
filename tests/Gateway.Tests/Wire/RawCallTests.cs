using System.IO.Compression;
using System.Net;
using System.Text;
using Gateway.Core.Log;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Google.Rpc;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Wire;

/// <summary>Calls that no gRPC library would make: each is answered in gRPC's terms, recorded, and nothing of what was sent is kept.</summary>
public sealed class RawCallTests
{
    private const string Canary = "canary-9d41c7";
    private const string Other = "_OTHER";
    private const string Get = "gateway.fulfilment.v1.FulfilmentService/GetShipment";
    private const string Watch = "gateway.fulfilment.v1.FulfilmentService/WatchShipments";

    // Longer than a request may be, and 250 times that once it is inflated.
    private static readonly byte[] s_large = Message(300 * 1024);
    private static readonly byte[] s_bomb = Gzip(Message(64 * 1024 * 1024));

    private static readonly byte[] s_unreadable = [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, .. Encoding.UTF8.GetBytes(Canary)];
    private static readonly byte[] s_good = Message(1);

    [Fact]
    public Task CallThatIsNotGrpc_IsAnsweredRecordedAndNotQuoted() => RunAsync(async (gateway, client) =>
    {
        (string Name, RawAnswer Answer, string Reason, string Method)[] answers =
        [
            ("unknown service", await client.SendAsync($"/{Canary}.v1.Service/Get", RawClient.Frame(s_good)), "UNKNOWN_METHOD", Other),
            ("unknown method", await client.SendAsync($"/gateway.fulfilment.v1.FulfilmentService/{Canary}", RawClient.Frame(s_good)), "UNKNOWN_METHOD", Other),
            // Routes have no case here: another spelling is the same method, and recorded as such.
            ("other case", await client.SendAsync($"/{Get.ToUpperInvariant()}?{Canary}", RawClient.Frame(s_good)), "RECORD_NOT_AVAILABLE", Get),
            ("percent signs", await client.SendAsync($"/{Get.Replace("S", "%53", StringComparison.Ordinal)}", RawClient.Frame(s_good)), "RECORD_NOT_AVAILABLE", Get),
            ("a step up", await client.SendAsync($"/%2e%2e/{Get}/{Canary}", RawClient.Frame(s_good)), "UNKNOWN_METHOD", Other),
            ("a long path", await client.SendAsync($"/{new string('x', 4000)}{Canary}", RawClient.Frame(s_good)), "UNKNOWN_METHOD", Other),
            ("OPTIONS", await client.SendAsync($"/{Get}", null, method: HttpMethod.Options), "UNKNOWN_METHOD", Other),
            ("JSON in a frame", await client.SendAsync($"/{Get}", RawClient.Frame(Encoding.UTF8.GetBytes($"{{\"{Canary}\":1}}")), "application/grpc+json"), "INVALID_REQUEST", Get),
            ("root", await client.SendAsync("/", RawClient.Frame(s_good)), "UNKNOWN_METHOD", Other),
            ("reflection", await client.SendAsync("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", RawClient.Frame([])), "UNKNOWN_METHOD", Other),
            ("health", await client.SendAsync("/grpc.health.v1.Health/Check", RawClient.Frame([])), "UNKNOWN_METHOD", Other),
            ("staff's service", await client.SendAsync("/gateway.admin.v1.DisclosureLogService/Query", RawClient.Frame([])), "UNKNOWN_METHOD", Other),
            ("page of the local listener", await client.SendAsync("/metrics", null, method: HttpMethod.Get), "UNKNOWN_METHOD", Other),
            ("GET", await client.SendAsync($"/{Get}", null, method: HttpMethod.Get), "UNKNOWN_METHOD", Other),
            ("JSON", await client.SendAsync($"/{Get}", Encoding.UTF8.GetBytes($"{{\"order_id\":\"{Canary}\"}}"), "application/json"), "INVALID_REQUEST", Get),
            ("gRPC-Web", await client.SendAsync($"/{Get}", RawClient.Frame(s_good), "application/grpc-web"), "INVALID_REQUEST", Get),
            ("content type of another encoding", await client.SendAsync($"/{Get}", RawClient.Frame(s_good), $"application/grpcx{Canary}"), "INVALID_REQUEST", Get),
        ];
        foreach (var (name, answer, reason, method) in answers)
        {
            await CheckAsync(gateway, name, answer, reason, method);
        }
    });

    [Theory]
    [InlineData(Get)]
    [InlineData(Watch)]
    public Task RequestThatCannotBeRead_IsAnsweredRecordedAndNotQuoted(string method) => RunAsync(async (gateway, client) =>
    {
        (string Name, RawAnswer Answer)[] answers =
        [
            ("garbage", await client.SendAsync($"/{method}", RawClient.Frame(s_unreadable))),
            ("wrong wire type", await client.SendAsync($"/{method}", RawClient.Frame([0x0C, 0x0C]))),
            ("text that is not UTF-8", await client.SendAsync($"/{method}", RawClient.Frame([0x0A, 0x02, 0xC3, 0x28]))),
            ("too large", await client.SendAsync($"/{method}", RawClient.Frame(s_large))),
            ("length that lies", await client.SendAsync($"/{method}", [0, 0x7F, 0xFF, 0xFF, 0xFF, .. s_good])),
            ("frame cut off", await client.SendAsync($"/{method}", RawClient.Frame(s_good)[..^1])),
            ("no frame", await client.SendAsync($"/{method}", [])),
            ("two frames", await client.SendAsync($"/{method}", [.. RawClient.Frame(s_good), .. RawClient.Frame(s_good)])),
            ("flag that does not exist", await client.SendAsync($"/{method}", [7, .. RawClient.Frame(s_good)[1..]])),
            ("compressed without saying how", await client.SendAsync($"/{method}", RawClient.Frame(Gzip(s_good), compressed: true))),
            ("gzip bomb", await client.SendAsync($"/{method}", RawClient.Frame(s_bomb, compressed: true), headers: ("grpc-encoding", "gzip"))),
            ("gzip that is none", await client.SendAsync($"/{method}", RawClient.Frame(s_good, compressed: true), headers: ("grpc-encoding", "gzip"))),
            ("unknown compression", await client.SendAsync($"/{method}", RawClient.Frame(s_good, compressed: true), headers: ("grpc-encoding", Canary))),
        ];
        foreach (var (name, answer) in answers)
        {
            await CheckAsync(gateway, name, answer, "INVALID_REQUEST", method);
        }
    });

    [Fact]
    public Task KeyThatNoShopHas_IsAnsweredRecordedAndNotQuoted() => RunAsync(async (gateway, client) =>
    {
        var good = RawClient.Frame(s_good);

        await CheckAsync(gateway, "key", await client.SendAsync($"/{Get}", good), "RECORD_NOT_AVAILABLE", Get);
        await CheckAsync(gateway, "purpose", await client.SendAsync($"/{Get}", good, headers: ("gateway-purpose", Canary)), "PURPOSE_NOT_GRANTED", Get);
        await CheckAsync(gateway, "mask", await client.SendAsync($"/{Get}", good, headers: ("gateway-read-mask", Canary)), "INVALID_REQUEST", Get);
        await CheckAsync(gateway, "long mask", await client.SendAsync(
            $"/{Get}", good, headers: ("gateway-read-mask", Canary + new string(',', 8000))), "INVALID_REQUEST", Get);
        await CheckAsync(gateway, "key with a zero byte", await client.SendAsync(
            $"/{Get}", RawClient.Frame(new GetShipmentRequest { OrderId = $"A-1001\0{Canary}" }.ToByteArray())), "RECORD_NOT_AVAILABLE", Get);
        await CheckAsync(gateway, "encodings", await client.SendAsync(
            $"/{Get}", good, headers: [("grpc-accept-encoding", Canary), ("grpc-timeout", Canary), ("user-agent", Canary), ("traceparent", Canary)]), "RECORD_NOT_AVAILABLE", Get);
        await CheckAsync(gateway, "token", await client.SendAsync($"/{Watch}", good), "INVALID_REQUEST", Watch);
        await CheckAsync(gateway, "gzip", await client.SendAsync(
            $"/{Get}", RawClient.Frame(Gzip(s_good), compressed: true), headers: ("grpc-encoding", "gzip")), "RECORD_NOT_AVAILABLE", Get);
    });

    private static async Task CheckAsync(RunningGateway gateway, string name, RawAnswer answer, string reason, string method)
    {
        answer.Http.ShouldBe(HttpStatusCode.OK, name);
        answer.Body.ShouldBeEmpty(name);
        answer.Headers.ShouldContainKey("grpc-status-details-bin", $"{name}: status {answer.GrpcStatus}");
        var info = answer.Status.GetDetail<ErrorInfo>().ShouldNotBeNull(name);
        (info.Reason, info.Domain).ShouldBe((reason, "gateway"), name);
        answer.GrpcStatus.ShouldBe(answer.Status.Code.ToString(System.Globalization.CultureInfo.InvariantCulture), name);
        answer.Headers.Values.ShouldAllBe(v => !v.Contains(Canary, StringComparison.OrdinalIgnoreCase), name);

        var entry = await FindAsync(gateway, answer.Receipt);
        entry.ShouldNotBeNull($"{name} left no record");
        (entry.Kind, entry.Refusal, entry.Method, entry.Caller.Partner).ShouldBe((Kind.Refusal, reason, method, "northgate-warehouse"), name);
    }

    private static async Task<Entry?> FindAsync(RunningGateway gateway, string receipt)
    {
        var log = gateway.Services.GetRequiredService<ILogReader>();
        var leaves = await log.ReadAsync(0, int.MaxValue, TestContext.Current.CancellationToken);
        return leaves.Select(l => Entry.Parser.ParseFrom(l.Bytes))
            .FirstOrDefault(e => new Guid(e.Receipt.Span, bigEndian: true).ToString() == receipt);
    }

    // Afterwards every byte that the gateway has written is looked through: log, index, spans, keys, standing.
    private static async Task RunAsync(Func<RunningGateway, RawClient, Task> call)
    {
        var settings = RunningGateway.Prepare();
        await using (var gateway = await RunningGateway.StartAsync(settings, TimeProvider.System))
        {
            using var client = new RawClient(gateway, "northgate-warehouse");
            await call(gateway, client);
        }

        foreach (var file in new DirectoryInfo(settings.Data.Root).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            var text = await File.ReadAllTextAsync(file.FullName, Encoding.Latin1, TestContext.Current.CancellationToken);
            text.Contains(Canary, StringComparison.OrdinalIgnoreCase).ShouldBeFalse(file.Name);
        }

        Directory.Delete(settings.Data.Root, recursive: true);
    }

    private static byte[] Message(int length) => new GetShipmentRequest { OrderId = Canary.PadRight(length, 'x') }.ToByteArray();

    private static byte[] Gzip(byte[] content)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return stream.ToArray();
    }
}
