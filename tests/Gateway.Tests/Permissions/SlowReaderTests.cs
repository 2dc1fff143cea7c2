using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Tests.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Permissions;

/// <summary>A partner that does not read: what lies in buffers has left, the rest of what was decided has not.</summary>
public sealed class SlowReaderTests : IDisposable
{
    private const int Subscribers = 8000;

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task OptOuts_WhileThePartnerDoesNotRead_AreNotSentWhenItReadsAgain()
    {
        ShopViews.Execute(_settings, $"""
            DELETE FROM subscriptions; DELETE FROM preferences;
            CREATE TEMP TABLE many AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Subscribers}) SELECT i FROM n;
            INSERT INTO customers SELECT 'C-many-' || i, 'Many', NULL, 'many' || i || '@mail.example', NULL, '2026-01-01T00:00:00.000Z' FROM many;
            INSERT INTO subscriptions SELECT printf('N-%06d', i), 'C-many-' || i, 'newsletter', 'Many', 'en', '2026-01-01T00:00:00.000Z', NULL, '2026-01-01T00:00:00.000Z' FROM many;
            INSERT INTO preferences SELECT 'C-many-' || i, 'newsletter', 'requested', '2026-01-01T00:00:00.000Z' FROM many;
            """);
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("meridian-mail");
        using var stream = new MailingService.MailingServiceClient(channel).WatchSubscribers(new WatchSubscribersRequest(), cancellationToken: Token);
        (await stream.ResponseStream.MoveNext(Token)).ShouldBeTrue();
        var held = new HashSet<string>(StringComparer.Ordinal) { stream.ResponseStream.Current.Subscriber.SubscriberId };
        var recorded = await RestingAsync(gateway);

        ShopViews.Execute(_settings, "UPDATE preferences SET state = 'opted_out', changed_at = strftime('%Y-%m-%dT%H:%M:%fZ', 'now')");
        var given = 1;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        while (held.Count > 0 && await stream.ResponseStream.MoveNext(limit.Token))
        {
            var message = stream.ResponseStream.Current;
            if (message.Subscriber is { } subscriber)
            {
                given++;
                held.Add(subscriber.SubscriberId);
            }
            else
            {
                held.Remove(message.Tombstone.Key).ShouldBeTrue();
            }
        }

        recorded.ShouldBeLessThan(Subscribers, "the stream was never held up");
        // No more than was recorded before they opted out; and each is taken back.
        given.ShouldBeLessThanOrEqualTo(recorded);
        held.ShouldBeEmpty();
        (await RecordsAsync(gateway)).ShouldBe(recorded);
    }

    // How many records are in the log once no more come: the partner's window is full.
    private static async Task<int> RestingAsync(RunningGateway gateway)
    {
        while (true)
        {
            var before = await RecordsAsync(gateway);
            await Task.Delay(1500, Token);
            if (await RecordsAsync(gateway) == before)
            {
                return before;
            }
        }
    }

    private static async Task<int> RecordsAsync(RunningGateway gateway)
    {
        var leaves = await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(0, 10_000, Token);
        return leaves.Sum(l => Entry.Parser.ParseFrom(l.Bytes).Records.Length / SubjectKey.PseudonymSize);
    }
}
