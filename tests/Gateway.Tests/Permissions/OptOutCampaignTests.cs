using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Demo.Shop;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Tests.Running;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Permissions;

/// <summary>
/// Opt-outs committed in the shop while their subject's record is streamed and asked for as fast as can be. Measured: from the commit to the
/// last record that came, and to the tombstone. Held: the order. Who asks once the commit is through is refused, what a stream had decided
/// before is at most its one run at hand, and after the tombstone comes nothing.
/// </summary>
public sealed class OptOutCampaignTests(ITestOutputHelper output) : IDisposable
{
    private const int Askers = 3;

    private static readonly int s_rounds =
        int.TryParse(Environment.GetEnvironmentVariable("GATEWAY_OPT_OUTS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 20;

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task OptOuts_UnderLoad_TakeEffectInOrder()
    {
        ContractFiles.Edit(_settings, "meridian-mail.yaml", t => t
            .Replace("{ calls_per_second: 50, subjects_per_day: 50000 }", "{ calls_per_second: 1000000, subjects_per_day: 50000, misses_per_minute: 1000000 }", StringComparison.Ordinal)
            .Replace("suspend_on: [subject_quota, enumeration]", "suspend_on: []", StringComparison.Ordinal));
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var channel = gateway.As("meridian-mail");
        using var stream = new MailingService.MailingServiceClient(channel).WatchSubscribers(new WatchSubscribersRequest(), cancellationToken: ended.Token);
        var heard = new ConcurrentQueue<(string Key, bool Gone, long At)>();
        var listening = ListenAsync(stream, heard, ended.Token);
        var touching = TouchAsync(ended.Token);
        var (toLastStreamed, toTombstone, toLastAnswer) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < s_rounds; round++)
        {
            var customer = DemoShop.FirstCustomer + (round % DemoShop.Samples);
            var key = ShopMail.NewsletterId(customer);
            ShopPreferenceRows.Say(_settings, $"C-{customer}", "newsletter", "requested");
            var answers = new ConcurrentQueue<long>();
            using var asking = CancellationTokenSource.CreateLinkedTokenSource(ended.Token);
            var askers = Enumerable.Range(0, Askers).Select(_ => AskAsync(gateway, key, answers, asking.Token)).ToArray();
            var before = heard.Count;
            await UntilAsync(() => !answers.IsEmpty && heard.Skip(before).Any(h => h.Key == key && !h.Gone));

            ShopPreferenceRows.Say(_settings, $"C-{customer}", "newsletter", "opted_out");
            var committed = Stopwatch.GetTimestamp();
            await GetAsync(channel, key).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
            var refusedAt = await HeadAsync(gateway);

            await UntilAsync(() => heard.Any(h => h.Key == key && h.Gone && h.At > committed));
            var gone = heard.First(h => h.Key == key && h.Gone && h.At > committed).At;
            await Task.Delay(TimeSpan.FromSeconds(1.2), ended.Token);
            heard.Any(h => h.Key == key && !h.Gone && h.At > gone).ShouldBeFalse("a record came after its tombstone");
            (await RecordedSinceAsync(gateway, refusedAt, $"C-{customer}", key)).ShouldBeLessThanOrEqualTo(1 + Askers, "more than what was under way was decided after the commit");
            await asking.CancelAsync();
            await Task.WhenAll(askers);
            toTombstone.Add(Milliseconds(committed, gone));
            toLastStreamed.Add(heard.Where(h => h.Key == key && !h.Gone).Select(h => Milliseconds(committed, h.At)).DefaultIfEmpty(0).Max());
            toLastAnswer.Add(answers.Select(a => Milliseconds(committed, a)).DefaultIfEmpty(0).Max());
        }

        await ended.CancelAsync();
        await Task.WhenAll(listening, touching);
        Print("commit to last record streamed", toLastStreamed);
        Print("commit to last record answered", toLastAnswer);
        Print("commit to tombstone", toTombstone);
    }

    private void Print(string what, List<double> milliseconds)
    {
        var sorted = milliseconds.Select(m => Math.Max(0, m)).Order().ToArray();
        output.WriteLine($"{what}: p50 {sorted[sorted.Length / 2]:0} ms, p99 {sorted[(int)Math.Ceiling(sorted.Length * 0.99) - 1]:0} ms, most {sorted[^1]:0} ms, of {sorted.Length}");
    }

    private static double Milliseconds(long from, long to) => to <= from ? 0 : Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private static async Task ListenAsync(
        AsyncServerStreamingCall<WatchSubscribersResponse> stream, ConcurrentQueue<(string, bool, long)> heard, CancellationToken cancellationToken)
    {
        try
        {
            while (await stream.ResponseStream.MoveNext(cancellationToken))
            {
                var message = stream.ResponseStream.Current;
                heard.Enqueue((message.Tombstone?.Key ?? message.Subscriber.SubscriberId, message.Tombstone is not null, Stopwatch.GetTimestamp()));
            }
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is RpcException or OperationCanceledException)
        {
        }
    }

    // Each sample's row changes all the time, so that only its permission keeps it from being sent.
    private async Task TouchAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            ShopViews.Execute(_settings, $"UPDATE subscriptions SET changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now') WHERE customer_id BETWEEN 'C-{DemoShop.FirstCustomer}' AND 'C-{DemoShop.FirstCustomer + DemoShop.Samples - 1}'");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task AskAsync(RunningGateway gateway, string key, ConcurrentQueue<long> answers, CancellationToken cancellationToken)
    {
        using var channel = gateway.As("meridian-mail");
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await PartnerAsks.ReasonAsync(GetAsync(channel, key)) is null)
            {
                answers.Enqueue(Stopwatch.GetTimestamp());
            }
        }
    }

    private static AsyncUnaryCall<GetSubscriberResponse> GetAsync(Grpc.Net.Client.GrpcChannel channel, string key) =>
        new MailingService.MailingServiceClient(channel).GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = key }, cancellationToken: Token);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(PartnerAsks.Patience);
        while (!isSo())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    private static ValueTask<long> HeadAsync(RunningGateway gateway) => gateway.Services.GetRequiredService<ILogReader>().GetHeadAsync(Token);

    /// <summary>Releases of the record that the log holds from this index on.</summary>
    private static async Task<int> RecordedSinceAsync(RunningGateway gateway, long index, string customer, string key)
    {
        var subject = (await gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(customer)).ShouldNotBeNull();
        var record = subject.OfRecord("gateway.mailing.v1.Subscriber", key);
        var leaves = await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(index, 100_000, Token);
        return leaves.Count(l => EntryPseudonyms.Of(Entry.Parser.ParseFrom(l.Bytes).Records).Contains(record));
    }
}
