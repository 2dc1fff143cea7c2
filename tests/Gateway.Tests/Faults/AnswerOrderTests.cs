using System.Globalization;
using Gateway.Configuration;
using Gateway.Stores.Tests;
using Gateway.Stores.Tests.Faults;
using Gateway.Tests.Running;
using Grpc.Net.Client;

namespace Gateway.Tests.Faults;

/// <summary>
/// From one record of a gateway's system calls: between a request's bytes and its answer's on the same connection, one call in flight,
/// lie a write to the log and a sync that began after it. <c>GATEWAY_WIRE_ANSWERS</c> says over how many answers; 4,000 where it does not.
/// </summary>
public sealed class AnswerOrderTests(ITestOutputHelper output) : IDisposable
{
    private const int Connections = 4;

    /// <summary>No request is shorter, no frame that merely keeps a connection is longer. Bytes, with TLS's own.</summary>
    private const int Request = 80;

    /// <summary>No answer is shorter, nothing else that the server sends is longer.</summary>
    private const int Answer = 200;

    private static readonly int s_answers =
        int.Parse(Environment.GetEnvironmentVariable("GATEWAY_WIRE_ANSWERS") ?? "4000", CultureInfo.InvariantCulture);

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task Get_OverTheWire_IsAnsweredAfterTheSyncOfItsEntry()
    {
        ContractFiles.LiftRates(_settings);
        var trace = Path.Combine(_settings.Data.Root, "trace");
        await RunAsync(trace);

        var wal = $"<{_settings.Log}-wal>";
        var (syncs, writes) = (new List<SystemCall>(), new List<SystemCall>());
        var asked = new Dictionary<string, SystemCall>(StringComparer.Ordinal);
        var (answers, violations) = (0, new List<string>());
        foreach (var call in SystemCallTrace.Read(trace))
        {
            var socket = call.Arguments.Contains("<socket:", StringComparison.Ordinal) ? call.Arguments[..call.Arguments.IndexOf('>', StringComparison.Ordinal)] : null;
            switch (call.Name)
            {
                case "fsync" or "fdatasync" when call.Arguments.Contains(wal, StringComparison.Ordinal):
                    syncs.Add(call);
                    break;
                case "pwrite64" when call.Arguments.Contains(wal, StringComparison.Ordinal):
                    writes.Add(call);
                    break;
                case "recvfrom" or "recvmsg" or "read" when socket is not null && call.Result >= Request:
                    asked[socket] = call;
                    break;
                case "sendto" or "sendmsg" or "write" when socket is not null && call.Result >= Answer && asked.Remove(socket, out var request):
                    answers++;
                    var written = writes.AsEnumerable().Reverse().Take(400).LastOrDefault(w => w.Begun > request.Ended);
                    if (written is null || !syncs.AsEnumerable().Reverse().Take(100).Any(s => s.Begun > written.Ended && s.Ended < call.Begun))
                    {
                        violations.Add($"asked at line {request.Ended}, answered at {call.Begun}");
                    }

                    break;
                default:
                    break;
            }
        }

        output.WriteLine("{0} answers on {1} connections, {2} syncs, {3} violations", answers, Connections, syncs.Count, violations.Count);
        violations.ShouldBeEmpty();
        // Nothing else is taken for an answer, and nearly each is seen: not where a connection's first request came before the tracer,
        // nor where a request or an answer came in two pieces, each too short.
        answers.ShouldBeInRange(s_answers - Math.Max(Connections, s_answers / 100), s_answers);
    }

    private async Task RunAsync(string trace)
    {
        var channels = new List<GrpcChannel>();
        await using var gateway = ServeProcess.Start(ServeProcess.Variables(_settings));
        try
        {
            await gateway.ListeningAsync();
            var orders = ShopViews.OpenOrders(_settings, 40);
            for (var i = 0; i < Connections; i++)
            {
                var channel = gateway.As(_settings, "northgate-warehouse");
                channels.Add(channel);
                // The handshake is no answer; and whose key is new takes a sync of its own.
                foreach (var order in orders)
                {
                    await channel.GetShipment(order);
                }
            }

            using var strace = await Strace.AttachAsync(
                gateway.Id, trace, "-f", "-y", "-s", "1", "--seccomp-bpf", "-e", "trace=recvfrom,recvmsg,read,sendto,sendmsg,write,pwrite64,fsync,fdatasync");
            await Task.WhenAll(channels.Select(async channel =>
            {
                for (var i = 0; i < s_answers / Connections; i++)
                {
                    await channel.GetShipment(orders[i % orders.Count]);
                }
            }));
            await gateway.KillAsync();
            await strace.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            channels.ForEach(c => c.Dispose());
        }
    }
}
