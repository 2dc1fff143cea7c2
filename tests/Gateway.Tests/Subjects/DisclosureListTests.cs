using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Subject.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Log.Index;
using Gateway.Tests.Running;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Subjects;

/// <summary>To whom data went: exactly what the log says, to exactly the person it is about. The oracle reads every leaf from the file.</summary>
public sealed class DisclosureListTests : IDisposable
{
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.Data.Root, recursive: true);

    [Fact]
    public async Task List_OfEachCustomer_EqualsTheLogWhateverThePageSize()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();
        await scene.DiscloseAsync();
        var entries = await LoggedEntries.ReadAsync(_settings.Log);
        foreach (var customer in scene.Customers().Take(40).Append("C-nobody"))
        {
            var key = await scene.KeyOfAsync(customer);
            var expected = entries.Where(e => key is not null && e.Kind == Kind.Disclosure && EntryPseudonyms.Of(e.Subjects).Contains(key.Pseudonym))
                .Reverse().Select(e => (e.Id(), e.Caller.Partner, e.Purpose, e.Basis, e.Time, EntryPseudonyms.Of(e.Subjects).Count(s => s == key!.Pseudonym)))
                .ToArray();

            foreach (var size in customer == SubjectScene.Customer ? (int[])[0, 1, 2, 7, 250] : [0])
            {
                (await scene.ListAllAsync(customer, size)).Select(d => (d.Receipt, d.Recipient.Partner, d.Purpose, d.Basis, d.Time, d.Records)).ShouldBe(expected);
            }
        }

        (await scene.ListAllAsync(SubjectScene.Customer)).Count.ShouldBe(8, "own readings are not among them");
    }

    [Fact]
    public async Task Disclosure_NamesTheRecipientThePromiseAndTheFieldsInPlainWords()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();

        var packed = (await scene.ListAllAsync(SubjectScene.Customer)).Last();

        (packed.Recipient.Name, packed.Recipient.Country, packed.Recipient.FromContract).ShouldBe(("Northgate Fulfilment Ltd", "GB", false));
        packed.Promise.ShouldStartWith("We pass on to these partners only");
        packed.RecordTitle.ShouldBe("an order to be packed");
        packed.DeleteBy.ShouldBe(packed.Time + Duration.FromTimeSpan(TimeSpan.FromDays(30)));
        packed.Fields.Single(f => f.Path == "phone_number").Form.ShouldBe("last 3 characters only");
        packed.Fields.Single(f => f.Path == "address.postal_code").Title.ShouldBe("address: postal code");
        packed.Fields.ShouldNotContain(f => f.Path == "gift_message");
        packed.Permissions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Token_OfAnotherSubjectOrMadeUp_IsRefused()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();
        var token = (await scene.ListAsync(SubjectScene.Customer, size: 1)).NextPageToken;
        token.ShouldNotBeEmpty();

        foreach (var wrong in (string[])[token + "A", "0", new string('A', 5000)])
        {
            await scene.ListAsync(SubjectScene.Customer, wrong).ShouldBeRefusedAsync("INVALID_REQUEST");
        }

        await scene.ListAsync("C-5002", token).ShouldBeRefusedAsync("INVALID_REQUEST");
        await scene.ListAsync(SubjectScene.Customer, size: 251).ShouldBeRefusedAsync("INVALID_REQUEST");
        await scene.ListAsync(SubjectScene.Customer, size: -1).ShouldBeRefusedAsync("INVALID_REQUEST");
    }

    [Fact]
    public async Task LegalCase_NoticeDelayed_IsHiddenAndBetraysNothingUntilItsDate()
    {
        var clock = new ShiftedClock();
        await using var scene = await SubjectScene.StartAsync(_settings, clock, s => s.AddSingleton<IDelayedNotices, NoticesOfEntries>());
        await scene.DiscloseAsync();
        var before = await PagesAsync(scene);

        await AppendLegalAsync(scene, clock.GetUtcNow(), TimeSpan.FromMinutes(2), "case-1");

        (await PagesAsync(scene)).ShouldBe(before, "the pages are what they were, their number and whether one follows too");
        clock.PutForward(TimeSpan.FromMinutes(3));
        // The account site's clock went along.
        var all = await ListShiftedAsync(scene, clock);
        all.Count.ShouldBe(before.Sum(p => p.Count) + 1);
        all[0].OnLegalGrounds.ShouldBeTrue();
    }

    [Fact]
    public async Task LegalCase_NobodyCanTellWhetherItIsDelayed_NothingIsListed()
    {
        await using var scene = await SubjectScene.StartAsync(_settings, more: s => s.AddSingleton<IDelayedNotices, SilentNotices>());
        await scene.DiscloseAsync();
        (await scene.ListAllAsync(SubjectScene.Customer)).Count.ShouldBe(4);

        await AppendLegalAsync(scene, TimeProvider.System.GetUtcNow(), TimeSpan.Zero, "case-1");

        await scene.ListAsync(SubjectScene.Customer).ShouldBeRefusedAsync("LOG_UNAVAILABLE");
    }

    [Fact]
    public async Task Index_Unavailable_IsNoAnswer()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();
        scene.Gateway.Services.GetRequiredService<SqliteLogIndex>().Dispose();

        await scene.ListAsync(SubjectScene.Customer).ShouldBeRefusedAsync("LOG_UNAVAILABLE");
    }

    [Fact]
    public async Task Log_BeginsLater_SaysSinceWhen()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();
        (await scene.ListAsync(SubjectScene.Customer)).ArchivedBefore.ShouldBeNull();
        var log = scene.Gateway.Services.GetRequiredService<SqliteDisclosureLog>();
        var head = log.Head;
        await scene.DiscloseAsync();

        await log.PruneAsync(head);
        await scene.Gateway.Services.GetRequiredService<SqliteLogIndex>().PruneAsync(head, Cancellation);

        var page = await scene.ListAsync(SubjectScene.Customer);
        page.Disclosures.Count.ShouldBe(4);
        page.ArchivedBefore.ShouldNotBeNull();
        page.Disclosures.ShouldAllBe(d => d.Time >= page.ArchivedBefore);
    }

    [Fact]
    public async Task Forgotten_NothingIsListedAndAskingMakesNobodyKnown()
    {
        await using var scene = await SubjectScene.StartAsync(_settings);
        await scene.DiscloseAsync();
        using var officer = scene.Gateway.AsStaff("privacy-officer");
        await new Gateway.Protos.Admin.V1.ErasureService.ErasureServiceClient(officer).ForgetSubjectAsync(
            new Gateway.Protos.Admin.V1.ForgetSubjectRequest { SubjectId = SubjectScene.Customer, Reason = "request of 3 March" }, cancellationToken: Cancellation);

        (await scene.ListAllAsync(SubjectScene.Customer)).ShouldBeEmpty();

        (await scene.KeyOfAsync(SubjectScene.Customer)).ShouldBeNull();
    }

    private static async Task<List<(string Receipts, int Count, bool More)>> PagesAsync(SubjectScene scene)
    {
        var pages = new List<(string, int, bool)>();
        foreach (var size in (int[])[1, 2, 3, 4, 5])
        {
            var token = "";
            do
            {
                var page = await scene.ListAsync(SubjectScene.Customer, token, size);
                token = page.NextPageToken;
                if (size == 4)
                {
                    pages.Add((string.Join(' ', page.Disclosures.Select(d => d.Receipt)), page.Disclosures.Count, token.Length > 0));
                }
            }
            while (token.Length > 0);
        }

        return pages;
    }

    private static async Task<List<Disclosure>> ListShiftedAsync(SubjectScene scene, ShiftedClock clock)
    {
        var assertion = Gateway.Subjects.AssertionMaker.Make(scene.Key, "account-site", SubjectScene.Customer, clock.GetUtcNow());
        return [.. (await scene.Site.ListDisclosuresAsync(
            new ListDisclosuresRequest(), new Grpc.Core.Metadata { { "gateway-subject-assertion", assertion } }, cancellationToken: Cancellation)).Disclosures];
    }

    private static async Task AppendLegalAsync(SubjectScene scene, DateTimeOffset now, TimeSpan delay, string id)
    {
        var key = (await scene.KeyOfAsync(SubjectScene.Customer))!;
        var bytes = new Scope { Record = "gateway.fulfilment.v1.Shipment", RecipientName = "Crown Court", Country = "GB", Released = { "order_id" } }.ToByteArray();
        var scope = new StoredScope(System.Security.Cryptography.SHA256.HashData(bytes), bytes);
        var entry = new Entry
        {
            Receipt = ByteString.CopyFrom(ReceiptId.New(now).Value.ToByteArray(bigEndian: true)),
            Time = Timestamp.FromDateTimeOffset(now),
            Kind = Kind.Disclosure,
            Outcome = Gateway.Protos.Log.V1.Outcome.Released,
            Scope = ByteString.CopyFrom(scope.Hash.Span),
            Records = Bytes(key.OfRecord("gateway.fulfilment.v1.Shipment", "A-1001")),
            Subjects = Bytes(key.Pseudonym),
            LegalCase = new Entry.Types.LegalCase { Id = id, NoticeAfter = Timestamp.FromDateTimeOffset(now + delay) },
        };
        await scene.Gateway.Services.GetRequiredService<IDisclosureLog>().AppendAsync(entry.ToByteArray(), scope);
    }

    private static ByteString Bytes(Pseudonym pseudonym)
    {
        var bytes = new byte[16];
        pseudonym.CopyTo(bytes);
        return ByteString.CopyFrom(bytes);
    }

    // The case itself is no part of this test.
    private sealed class NoticesOfEntries : IDelayedNotices
    {
        public ValueTask<bool> IsDelayedAsync(Entry.Types.LegalCase legalCase, DateTimeOffset now, CancellationToken cancellationToken) =>
            new(now < legalCase.NoticeAfter.ToDateTimeOffset());
    }

    private sealed class SilentNotices : IDelayedNotices
    {
        public ValueTask<bool> IsDelayedAsync(Entry.Types.LegalCase legalCase, DateTimeOffset now, CancellationToken cancellationToken) =>
            throw new LogUnavailableException("broken by the test");
    }
}
