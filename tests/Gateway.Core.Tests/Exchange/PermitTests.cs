using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Core.Tests.Contracts;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Google.Protobuf;

namespace Gateway.Core.Tests.Exchange;

public sealed class PermitTests
{
    private const string GetSubscriber = "gateway.mailing.v1.MailingService/GetSubscriber";
    private const string ListSubscribers = "gateway.mailing.v1.MailingService/ListSubscribers";

    private readonly ExchangeScene _scene = new(ExchangeContracts.MeridianFile);

    [Fact]
    public async Task Get_Permitted_NamesInItsEntryThePreferenceItReliedOn()
    {
        Put("n-1", "s-1");
        _scene.SaidToShop.Say("s-1", "news", PreferenceState.OptedOut, ExchangeScene.Start.AddDays(-2));
        _scene.SaidToGateway.Say("s-1", "news", PreferenceState.Requested, ExchangeScene.Start.AddDays(-1));

        (await GetAsync("n-1")).Subscriber.Email.ShouldBe("s-1@mail.example");

        var entry = _scene.Entries.Single();
        EntryPseudonyms.Of(entry.Permissions).ShouldBe(
            [_scene.Keys.Of("s-1").OfPermission(new Preference("s-1", "news", PreferenceState.Requested, ExchangeScene.Start.AddDays(-1)))]);
        EntryPseudonyms.Of(entry.Permissions).ShouldNotBe(EntryPseudonyms.Of(entry.Records));
    }

    [Fact]
    public async Task Get_WithoutPermissionForWhateverReason_IsLikeARecordThatIsNotThere()
    {
        var now = ExchangeScene.Start;
        Put("opted-out", "s-out", said: PreferenceState.OptedOut);
        Put("nothing-said", "s-silent");
        Put("future", "s-future");
        _scene.SaidToShop.Say("s-future", "news", PreferenceState.Requested, now.AddSeconds(1));
        Put("other-list", "s-other", "offers");
        _scene.SaidToShop.Say("s-other", "news", PreferenceState.Requested, now.AddDays(-1));
        Put("no-list", "s-none", "", PreferenceState.Requested);
        Put("list-that-is-none", "s-wrong", "secret", PreferenceState.Requested);
        Put("objects", "s-objects", said: PreferenceState.Requested);
        _scene.SaidToShop.Say("s-objects", ExchangeContracts.Mail, PreferenceState.OptedOut, now.AddYears(-1));
        Put("unreadable", "s-broken", said: PreferenceState.Requested);
        await _scene.SaidToShop.WriteAsync([Preference.Unreadable("s-broken", "news")], CancellationToken.None);
        Put("foreign", "s-1", said: PreferenceState.Requested, recipient: ExchangeContracts.Northgate);

        foreach (var key in (string[])["unknown", "opted-out", "nothing-said", "future", "other-list", "no-list", "list-that-is-none", "objects", "unreadable", "foreign"])
        {
            _scene.SaidToShop.Asked.Clear();
            _scene.SaidToGateway.Asked.Clear();

            (await RefusedAsync(key)).ShouldBe(new Refusal(RefusalReason.RecordNotAvailable));

            (_scene.SaidToShop.Asked.Count, _scene.SaidToGateway.Asked.Count).ShouldBe((1, 1), key);
            _scene.SaidToShop.Asked[0].Count.ShouldBe(1, key);
        }

        _scene.Entries.Select(Bare).Distinct(StringComparer.Ordinal).Count().ShouldBe(1);
    }

    [Fact]
    public async Task Get_WithoutPermission_CountsAsAMiss()
    {
        Put("n-1", "s-1", said: PreferenceState.OptedOut);
        for (var i = 0; i < 4; i++)
        {
            await RefusedAsync("n-1");
        }

        _scene.Safeguards.Heard.ShouldBe(["tripped Enumeration meridian-mail"]);
    }

    [Fact]
    public async Task List_SomeWithoutPermission_HoldsTheOthersAndGoesOn()
    {
        for (var i = 0; i < 6; i++)
        {
            Put($"n-{i}", $"s-{i}", said: i is 0 or 1 ? PreferenceState.OptedOut : PreferenceState.SoftOptIn, updated: ExchangeScene.Start.AddMinutes(-10 + i));
        }

        var first = await ListAsync("");
        var second = await ListAsync(first.NextPageToken);
        var third = await ListAsync(second.NextPageToken);

        first.Subscribers.ShouldBeEmpty();
        second.Subscribers.Concat(third.Subscribers).Select(s => s.SubscriberId).ShouldBe(["n-2", "n-3", "n-4", "n-5"]);
        third.NextPageToken.ShouldBeEmpty();
        _scene.Safeguards.Heard.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_WithARecordThatTheMinimiserLeavesOut_KeepsEachPermissionWithItsRecord()
    {
        var scene = new ExchangeScene(ExchangeContracts.CedarFile.Replace("basis: legitimate_interests", "basis: consent"));
        var states = new[] { PreferenceState.OptedOut, PreferenceState.Requested, PreferenceState.Requested, PreferenceState.Requested };
        for (var i = 0; i < states.Length; i++)
        {
            scene.SaidToShop.Say($"s-{i}", ExchangeContracts.Fraud, states[i], ExchangeScene.Start.AddDays(-i - 1));
            scene.Source.Put(new StoredRow($"P-{i}", $"s-{i}", ExchangeContracts.Cedar, ExchangeScene.Start.AddDays(-1), ExchangeScene.Start.AddMinutes(i - 10),
                new Charge { PaymentId = $"P-{i}", Email = i == 1 ? "4111111111111111" : "payer@mail.example" }));
        }

        var open = scene.Open("gateway.payment.v1.PaymentService/ListCharges", ExchangeScene.Connection(ExchangeContracts.Cedar), ExchangeContracts.Fraud);
        var page = await scene.AnswerAsync<ListChargesResponse>(open, new ListChargesRequest());

        page.Charges.Select(c => c.PaymentId).ShouldBe(["P-2", "P-3"]);
        var entry = scene.Entries.Single();
        EntryPseudonyms.Of(entry.Subjects).ShouldBe([scene.Keys.Of("s-2").Pseudonym, scene.Keys.Of("s-3").Pseudonym]);
        EntryPseudonyms.Of(entry.Permissions).ShouldBe([Relied(2), Relied(3)]);

        Pseudonym Relied(int i) =>
            scene.Keys.Of($"s-{i}").OfPermission(new Preference($"s-{i}", ExchangeContracts.Fraud, states[i], ExchangeScene.Start.AddDays(-i - 1)));
    }

    [Fact]
    public async Task Grant_ThatNeedsNoPermission_AsksNobody()
    {
        var scene = new ExchangeScene();
        scene.SaidToShop.Fault = new SourceException("away");
        scene.PutShipment("A-1");

        await scene.AnswerAsync<GetShipmentResponse>(scene.Open(ExchangeScene.GetShipment), new GetShipmentRequest { OrderId = "A-1" });

        scene.SaidToShop.Asked.ShouldBeEmpty();
        scene.Entries.Single().Permissions.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Preferences_ThatCannotBeRead_ReleaseNothing(bool shop)
    {
        Put("n-1", "s-1", said: PreferenceState.Requested);
        (shop ? _scene.SaidToShop : _scene.SaidToGateway).Fault = new SourceException("away");

        (await RefusedAsync("n-1")).Reason.ShouldBe(RefusalReason.SourceUnavailable);
        (await RefusedAsync("unknown")).Reason.ShouldBe(RefusalReason.SourceUnavailable);
        _scene.Entries.ShouldAllBe(e => e.Kind == Kind.Refusal && e.Records.Length == 0);
    }

    [Fact]
    public async Task Consent_AsBasisOfAnotherRecord_IsAConditionAndEndsWithItsWithdrawal()
    {
        var scene = new ExchangeScene(ExchangeContracts.ConsentFile);
        scene.PutShipment("A-1");
        scene.PutShipment("A-2");
        scene.SaidToShop.Say("s-A-1", ExchangeContracts.Improvement, PreferenceState.Requested, ExchangeScene.Start.AddDays(-1));
        scene.SaidToShop.Say("s-A-2", ExchangeContracts.Improvement, PreferenceState.SoftOptIn, ExchangeScene.Start.AddDays(-1));
        var both = new BatchGetShipmentsRequest { OrderIds = { "A-1", "A-2" } };

        var before = await scene.AnswerAsync<BatchGetShipmentsResponse>(scene.Open(ExchangeScene.BatchGetShipments), both);
        scene.SaidToGateway.Say("s-A-1", ExchangeContracts.Improvement, PreferenceState.OptedOut, ExchangeScene.Start);
        var after = await scene.AnswerAsync<BatchGetShipmentsResponse>(scene.Open(ExchangeScene.BatchGetShipments), both);

        before.Shipments.Select(s => s.OrderId).ShouldBe(["A-1"]);
        after.Shipments.ShouldBeEmpty();
        scene.Entries.Select(e => e.Basis).ShouldBe(["consent", "consent"]);
        scene.Entries.Select(e => e.Permissions.Length).ShouldBe([SubjectKey.PseudonymSize, 0]);
    }

    [Fact]
    public void Plan_WhoseContractsNeedNoPermission_NeedsNoPreferences()
    {
        var scene = new ExchangeScene();
        scene.SaidToShop.Lacks = new SourceException("view 'sharing_preferences'");

        scene.Reload(ExchangeContracts.NorthgateFile);
        Should.Throw<SourceException>(() => scene.Reload(ExchangeContracts.NorthgateFile, ExchangeContracts.MeridianFile)).Message.ShouldContain("sharing_preferences");
    }

    private static string Bare(Entry entry)
    {
        var bare = entry.Clone();
        (bare.Receipt, bare.Time) = (ByteString.Empty, null);
        return bare.ToString();
    }

    private void Put(
        string key, string subject, string list = "news", PreferenceState? said = null, DateTimeOffset? updated = null,
        string recipient = ExchangeContracts.Meridian)
    {
        _scene.Source.Put(new StoredRow(key, subject, recipient, ExchangeScene.Start.AddDays(-1), updated ?? ExchangeScene.Start.AddHours(-1), new Subscriber
        {
            SubscriberId = key,
            Email = $"{subject}@mail.example",
            GivenName = "Ada",
            List = list,
        }));
        if (said is { } state)
        {
            _scene.SaidToShop.Say(subject, list, state, ExchangeScene.Start.AddDays(-3));
        }
    }

    private OpenCall Open(string method) => _scene.Open(method, ExchangeScene.Connection(ExchangeContracts.Meridian));

    private Task<GetSubscriberResponse> GetAsync(string key) =>
        _scene.AnswerAsync<GetSubscriberResponse>(Open(GetSubscriber), new GetSubscriberRequest { SubscriberId = key });

    private Task<Refusal> RefusedAsync(string key) => _scene.RefusedAsync(Open(GetSubscriber), new GetSubscriberRequest { SubscriberId = key });

    private Task<ListSubscribersResponse> ListAsync(string token) =>
        _scene.AnswerAsync<ListSubscribersResponse>(Open(ListSubscribers), new ListSubscribersRequest { PageSize = 2, PageToken = token });
}
