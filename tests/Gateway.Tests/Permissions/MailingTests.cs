using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Demo.Shop;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Delivery.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Permissions;

/// <summary>Mail over the wire: the real shop, the real stores, the real log.</summary>
public sealed class MailingTests : IDisposable
{
    private const string Customer = "C-5001";
    private const string Subscription = "N-5001";

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task OptedOut_AndUnknown_AreOneAnswerToTheLastByteButTheReceipt()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("meridian-mail");
        await GetAsync(channel, Subscription);
        ShopPreferenceRows.Say(_settings, Customer, "newsletter", "opted_out");
        ShopViews.Execute(_settings, "DELETE FROM preferences WHERE customer_id = 'C-5002'");
        ShopPreferenceRows.Say(_settings, "C-5003", "marketing.communications.email", "opted_out");
        ShopViews.Execute(_settings, "UPDATE preferences SET changed_at = '2999-01-01T00:00:00Z' WHERE customer_id = 'C-5004'");
        ShopViews.Execute(_settings, "UPDATE preferences SET changed_at = 'soon' WHERE customer_id = 'C-5005'");

        var faces = new List<string>();
        foreach (var key in (string[])["no-such", Subscription, "N-5002", "N-5003", "N-5004", "N-5005"])
        {
            var refused = await GetAsync(channel, key).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
            var receipt = refused.Receipt().ShouldNotBeNull();
            faces.Add($"{refused.StatusCode} {refused.Status.Detail} {refused.GetRpcStatus()} {string.Join(' ', refused.Trailers.Where(t => !t.IsBinary).Select(t => $"{t.Key}={t.Value}"))}"
                .Replace(receipt, "receipt", StringComparison.Ordinal));
        }

        faces.Distinct(StringComparer.Ordinal).Count().ShouldBe(1, string.Join('\n', faces));
        var entries = (await EntriesAsync(gateway)).Where(e => e.Refusal == "RECORD_NOT_AVAILABLE").Select(Bare).ToArray();
        (entries.Length, entries.Distinct(StringComparer.Ordinal).Count()).ShouldBe((6, 1));
    }

    [Fact]
    public async Task Entry_NamesTheConsentItReliedOn()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("meridian-mail");
        var at = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
        ShopViews.Execute(_settings, "DELETE FROM preferences WHERE customer_id = 'C-5001'");
        await GetAsync(channel, Subscription).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
        await gateway.Services.GetRequiredService<IPreferenceStore>().WriteAsync([new Preference(Customer, "newsletter", PreferenceState.Requested, at)], Token);

        var answer = await GetAsync(channel, Subscription);

        answer.Subscriber.Since.ShouldBeNull();
        answer.Subscriber.Email.ShouldNotBeEmpty();
        var entry = (await EntriesAsync(gateway)).Single(e => e.Id() == answer.Receipt.Id);
        var key = (await gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(Customer)).ShouldNotBeNull();
        EntryPseudonyms.Of(entry.Permissions).ShouldBe([key.OfPermission(new Preference(Customer, "newsletter", PreferenceState.Requested, at))]);
        EntryPseudonyms.Of(entry.Records).ShouldBe([key.OfRecord("gateway.mailing.v1.Subscriber", Subscription)]);
    }

    [Fact]
    public async Task ServiceMail_DoesNotHangOnWhatWasSaidAboutNewsletters()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        foreach (var topic in (string[])["newsletter", "offers", "surveys", "marketing.communications.email"])
        {
            ShopPreferenceRows.Say(_settings, Customer, topic, "opted_out");
        }

        using var lantern = gateway.As("lantern-downloads");
        var client = new DigitalDeliveryService.DigitalDeliveryServiceClient(lantern);
        var download = await client.GetDownloadAsync(new GetDownloadRequest { OrderId = DemoShop.SampleOrder.OrderId }, cancellationToken: Token);
        var errata = new List<Download>();
        var token = "";
        do
        {
            var page = await client.ListDownloadsAsync(
                new ListDownloadsRequest { PageSize = 250, PageToken = token }, new Metadata { { "gateway-purpose", "essential.service.notifications.email" } }, cancellationToken: Token);
            errata.AddRange(page.Downloads);
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        download.Download.Email.ShouldNotBeEmpty();
        errata.ShouldContain(d => d.DownloadReference == download.Download.DownloadReference && d.Email == download.Download.Email && d.Title == "");
        (await EntriesAsync(gateway)).Single(e => e.Id() == download.Receipt.Id).Permissions.ShouldBeEmpty();
        using var meridian = gateway.As("meridian-mail");
        await GetAsync(meridian, Subscription).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
    }

    [Fact]
    public async Task Consent_ForSurveys_IsNotReplacedByASoftOptIn()
    {
        ShopViews.Execute(_settings, "UPDATE preferences SET state = 'soft_opt_in'");
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("meridian-mail");
        var client = new MailingService.MailingServiceClient(channel);

        var surveys = await client.ListSubscribersAsync(
            new ListSubscribersRequest { PageSize = 250 }, new Metadata { { "gateway-purpose", "marketing.communications.email.surveys" } }, cancellationToken: Token);
        var mail = await client.ListSubscribersAsync(
            new ListSubscribersRequest { PageSize = 250 }, new Metadata { { "gateway-purpose", "marketing.communications.email" } }, cancellationToken: Token);

        surveys.Subscribers.ShouldBeEmpty();
        mail.Subscribers.ShouldNotBeEmpty();
        mail.Subscribers.ShouldAllBe(s => s.List == "newsletter" || s.List == "offers");
    }

    [Fact]
    public async Task Withdrawal_InARunningStream_AndForTheOneThatIsResumedAfterARestart()
    {
        string token;
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            using var channel = gateway.As("meridian-mail");
            using var stream = Watch(channel, "");
            (await UntilAsync(stream, m => m.Subscriber?.SubscriberId == Subscription)).Receipt.Id.ShouldNotBeEmpty();
            ShopPreferenceRows.Say(_settings, Customer, "newsletter", "opted_out");
            (await UntilAsync(stream, m => m.Tombstone?.Key == Subscription)).Tombstone.Reason.ShouldBe(Protos.Watch.V1.TombstoneReason.Withdrawn);
            ShopPreferenceRows.Say(_settings, Customer, "newsletter", "requested");
            (await UntilAsync(stream, m => m.Subscriber?.SubscriberId == Subscription)).Subscriber.Email.ShouldNotBeEmpty();
            ShopPreferenceRows.Say(_settings, "C-5002", "newsletter", "opted_out");
            token = (await UntilAsync(stream, m => m.Tombstone?.Key == "N-5002")).ResumeToken;
        }

        ShopPreferenceRows.Say(_settings, Customer, "newsletter", "opted_out");
        await using var again = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var second = again.As("meridian-mail");
        using var resumed = Watch(second, token);

        (await UntilAsync(resumed, m => m.Tombstone?.Key == Subscription)).Tombstone.ShouldNotBeNull();
    }

    [Fact]
    public async Task Forget_KeepsTheOptOutInEffect_AndNothingElse()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = gateway.As("meridian-mail");
        await GetAsync(channel, Subscription);
        var store = gateway.Services.GetRequiredService<IPreferenceStore>();
        var now = TimeProvider.System.GetUtcNow();
        await store.WriteAsync(
            [new Preference(Customer, "newsletter", PreferenceState.OptedOut, now), new Preference(Customer, "offers", PreferenceState.Requested, now)], Token);
        using var officer = gateway.AsStaff("privacy-officer");

        await new ErasureService.ErasureServiceClient(officer).ForgetSubjectAsync(
            new ForgetSubjectRequest { SubjectId = Customer, Reason = "request 4711" }, cancellationToken: Token);

        (await store.ReadAsync([Customer], Token)).Select(p => (p.Topic, p.State)).ShouldBe([("newsletter", PreferenceState.OptedOut)]);
        await GetAsync(channel, Subscription).ShouldBeRefusedAsync("RECORD_NOT_AVAILABLE");
        using var file = new SqliteConnection($"Data Source={_settings.Preferences};Mode=ReadOnly;Pooling=false");
        await file.OpenAsync(Token);
        await using var count = file.CreateCommand();
        count.CommandText = $"SELECT count(*) FROM preference WHERE subject_id = '{Customer}'";
        (await count.ExecuteScalarAsync(Token)).ShouldBe(0L);
    }

    private static AsyncUnaryCall<GetSubscriberResponse> GetAsync(GrpcChannel channel, string key) =>
        new MailingService.MailingServiceClient(channel).GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = key }, cancellationToken: Token);

    private static AsyncServerStreamingCall<WatchSubscribersResponse> Watch(GrpcChannel channel, string token) =>
        new MailingService.MailingServiceClient(channel).WatchSubscribers(new WatchSubscribersRequest { ResumeToken = token }, cancellationToken: Token);

    private static async Task<WatchSubscribersResponse> UntilAsync(
        AsyncServerStreamingCall<WatchSubscribersResponse> stream, Func<WatchSubscribersResponse, bool> isIt)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(PartnerAsks.Patience);
        while (await stream.ResponseStream.MoveNext(limit.Token))
        {
            if (isIt(stream.ResponseStream.Current))
            {
                return stream.ResponseStream.Current;
            }
        }

        throw new ShouldAssertException("the stream ended");
    }

    private static async Task<List<Entry>> EntriesAsync(RunningGateway gateway)
    {
        var leaves = await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(0, 10_000, Token);
        return [.. leaves.Select(l => Entry.Parser.ParseFrom(l.Bytes))];
    }

    // What differs from call to call.
    private static string Bare(Entry entry)
    {
        var bare = entry.Clone();
        (bare.Receipt, bare.Time, bare.Trace, bare.Span) = (ByteString.Empty, null, ByteString.Empty, ByteString.Empty);
        return bare.ToString();
    }
}
