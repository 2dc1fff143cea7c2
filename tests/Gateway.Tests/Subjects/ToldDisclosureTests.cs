using Gateway.Configuration;
using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Erasure;
using Gateway.Obligations;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Subject.V1;
using Gateway.Tests.Running;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Subjects;

/// <summary>What is told with a disclosure, and that a customer's own look at their data is nowhere counted as one.</summary>
public sealed class ToldDisclosureTests : IDisposable
{
    private const string Customer = "C-5001";
    private const string Subscription = "N-5001";

    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task ReliedOnAPermission_IsToldWithItUntilSomethingElseIsSaid()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await SayAsync(scene, PreferenceState.Requested);
        var said = await scene.SaysAsync(Customer);
        using var meridian = scene.Gateway.As("meridian-mail");
        var mailed = await new MailingService.MailingServiceClient(meridian)
            .GetSubscriberAsync(new GetSubscriberRequest { SubscriberId = Subscription }, cancellationToken: Cancellation);

        var told = (await scene.ListAllAsync(Customer)).Single(d => d.Receipt == mailed.Receipt.Id);

        told.RecordTitle.ShouldBe("a subscription by mail");
        var relied = told.Permissions.ShouldHaveSingleItem();
        (relied.Topic, relied.State, relied.ChangedAt).ShouldBe((SubjectScene.List, PreferenceState.Requested, said.ChangedAt));
        relied.Sentence.ShouldBe($"your request of {said.ChangedAt.ToDateTimeOffset():yyyy-MM-dd}");
        await SayAsync(scene, PreferenceState.OptedOut);
        var since = (await scene.ListAllAsync(Customer)).Single(d => d.Receipt == mailed.Receipt.Id).Permissions.ShouldHaveSingleItem();
        (since.Topic, since.State, since.ChangedAt).ShouldBe(("", PreferenceState.Unspecified, null));
        since.Sentence.ShouldContain("something else since");
    }

    [Fact]
    public async Task OwnAccess_IsNoRecipientAndOwesNoDeletion()
    {
        var clock = new ShiftedClock();
        await using var scene = await SubjectScene.StartAsync(_settings, clock);
        await scene.DiscloseAsync();
        await scene.HeldAsync(Customer);
        await scene.ListAllAsync(Customer);
        await SayAsync(scene, PreferenceState.Requested);
        await scene.RedeemAsync((await scene.LinkAsync(Customer)).Token);
        var key = (await scene.KeyOfAsync(Customer)).ShouldNotBeNull();
        var services = scene.Gateway.Services;

        var recipients = await services.GetRequiredService<PastRecipients>().OfAsync(key.Pseudonym, Cancellation);
        clock.PutForward(TimeSpan.FromDays(4000));
        var overdue = await services.GetRequiredService<OverdueReports>().OverdueAsync(partner: null, noticeDays: 0, Cancellation);

        recipients.Partners.Select(p => p.Partner).ShouldBe(["cedar-payments", "harbour-carrier", "northgate-warehouse"]);
        (await LoggedEntries.ReadAsync(_settings.Log)).Count(e => e.Caller?.Partner == "account-site" && e.Kind == Kind.Disclosure).ShouldBeGreaterThan(3, "they are in the log");
        var owed = overdue.Owed.Select(o => o.Partner).Distinct(StringComparer.Ordinal).ToArray();
        owed.ShouldContain("northgate-warehouse", StringComparer.Ordinal);
        owed.ShouldNotContain("account-site", StringComparer.Ordinal);
        (await services.GetRequiredService<OverdueReports>().ChecklistAsync("account-site", Cancellation)).ShouldNotBeNull().Owed.ShouldBeEmpty();
    }

    [Fact]
    public async Task EntryOlderThanTheRecipientsName_IsNamedFromTheContractOfThatTime()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();
        var revision = scene.Gateway.Services.GetRequiredService<SnapshotHolder>().Current.Revision;

        // One of a revision that is kept, one of a revision that is not, one whose revision is no name of a revision.
        await AppendAsync(scene, revision);
        await AppendAsync(scene, new string('0', revision.Length));
        await AppendAsync(scene, "../policy");

        var told = (await scene.ListAllAsync(Customer)).Take(3).ToArray();
        told.ShouldAllBe(d => d.Recipient.FromContract && d.Recipient.Partner == "northgate-warehouse");
        told.Select(d => d.Recipient.Name).ShouldBe(["", "", "Northgate Fulfilment Ltd"]);
        told.Select(d => d.Recipient.Country).ShouldBe(["", "", "GB"]);
        told[2].Promise.ShouldStartWith("We pass on to these partners only");
        (told[0].Promise, told[1].Promise).ShouldBe(("", ""));
    }

    private static async Task SayAsync(SubjectScene scene, PreferenceState state) => await scene.Site.SetPreferencesAsync(
        new SetPreferencesRequest { Changes = { new SetPreferencesRequest.Types.Change { Topic = SubjectScene.List, State = state } } },
        scene.As(Customer), cancellationToken: Cancellation);

    // As an entry was written before scopes told of the recipient.
    private static async Task AppendAsync(SubjectScene scene, string revision)
    {
        var key = (await scene.KeyOfAsync(Customer)).ShouldNotBeNull();
        var now = TimeProvider.System.GetUtcNow();
        var bytes = new Scope
        {
            Contract = "northgate-warehousing",
            Revision = revision,
            Purpose = "essential.service.fulfillment.warehousing",
            Record = "gateway.fulfilment.v1.Shipment",
            Released = { "order_id" },
        }.ToByteArray();
        var scope = new StoredScope(System.Security.Cryptography.SHA256.HashData(bytes), bytes);
        var entry = new Entry
        {
            Receipt = ByteString.CopyFrom(ReceiptId.New(now).Value.ToByteArray(bigEndian: true)),
            Time = Timestamp.FromDateTimeOffset(now),
            Kind = Kind.Disclosure,
            Outcome = Gateway.Protos.Log.V1.Outcome.Released,
            Caller = new Entry.Types.Caller { Partner = "northgate-warehouse" },
            Purpose = "essential.service.fulfillment.warehousing",
            Scope = ByteString.CopyFrom(scope.Hash.Span),
            Records = Bytes(key.OfRecord("gateway.fulfilment.v1.Shipment", "A-1001")),
            Subjects = Bytes(key.Pseudonym),
        };
        await scene.Gateway.Services.GetRequiredService<IDisclosureLog>().AppendAsync(entry.ToByteArray(), scope);
    }

    private static ByteString Bytes(Pseudonym pseudonym)
    {
        var bytes = new byte[16];
        pseudonym.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }
}
