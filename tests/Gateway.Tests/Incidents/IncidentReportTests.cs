using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Tests.Running;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Client = Gateway.Protos.Admin.V1.IncidentService.IncidentServiceClient;

namespace Gateway.Tests.Incidents;

public sealed class IncidentReportTests : IAsyncLifetime
{
    private const string Northgate = "northgate-warehouse";
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();
    private RunningGateway _gateway = null!;
    private CallJournal _journal = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync();
        _journal = new CallJournal(_gateway, Northgate);
        await _journal.FillAsync();
        // Another partner's calls, which are not of it.
        using var other = _gateway.As("cedar-payments");
        await new PaymentService.PaymentServiceClient(other).ListChargesAsync(
            new ListChargesRequest { PageSize = 5 }, new Metadata { { "gateway-purpose", "essential.fraud_detection" } }, cancellationToken: Cancellation);
    }

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task Report_OfAPartner_EqualsItsOwnJournal()
    {
        var report = await ReportAsync(Of(Northgate));

        (report.Answers, report.RecordsReleased, report.Records, report.Customers, report.Refusals, report.EmptyAnswers, report.AtLeast).ShouldBe((
            _journal.Answers, _journal.RecordsReleased, _journal.Orders.Count, (await _journal.CustomersAsync()).Count, _journal.Refused, 0, false));
        (report.First.ToDateTimeOffset(), report.Last.ToDateTimeOffset()).ShouldBe((_journal.First, _journal.Last));
        report.LatestDeleteBy.ToDateTimeOffset().ShouldBe(_journal.DeleteBy);
        report.RecordsWithoutDeleteBy.ShouldBe(0);
        report.Uses.ShouldAllBe(u => u.Contract == "northgate-warehousing" && u.Purpose == "essential.service.fulfillment.warehousing");
        report.Uses.Select(u => (u.Method.Split('/')[1], u.Answers))
            .ShouldBe([("GetShipment", 4), ("BatchGetShipments", 1), ("ListShipments", 2)], ignoreOrder: true);
        report.Uses.Max(u => u.DeleteBy).ShouldBe(report.LatestDeleteBy);
    }

    [Fact]
    public async Task Report_Fields_AreCountedByCategory()
    {
        var report = await ReportAsync(Of(Northgate));

        ReleasedField Field(string path) => report.Fields.Single(f => f.Path == path);
        (Field("order_id").Category, Field("order_id").Records).ShouldBe(("system.operations", _journal.RecordsReleased));
        (Field("address.street").Category, Field("address.street").Records).ShouldBe(("user.contact.address.street", _journal.WithStreet));
        (Field("phone_number").Records, Field("phone_number").RecordsTransformed).ShouldBe((0, _journal.WithStreet));
        report.Fields.ShouldNotContain(f => f.Path == "gift_message");
        _journal.WithStreet.ShouldBeLessThan(_journal.RecordsReleased);
    }

    [Fact]
    public async Task Report_TellsWhereFromAndWhomToCall()
    {
        var report = await ReportAsync(Of(Northgate));

        var address = report.Addresses.ShouldHaveSingleItem();
        System.Net.IPAddress.IsLoopback(System.Net.IPAddress.Parse(address.Name)).ShouldBeTrue();
        address.Answers.ShouldBe(_journal.Answers);
        var key = report.Keys.ShouldHaveSingleItem();
        (key.Answers, key.First, key.Last).ShouldBe((_journal.Answers, report.First, report.Last));
        var partner = report.Partners.ShouldHaveSingleItem();
        (partner.Id, partner.Name, partner.SecurityContact, partner.PrivacyContact)
            .ShouldBe((Northgate, "Northgate Fulfilment Ltd", "soc@northgate.example", "dpo@northgate.example"));
    }

    [Fact]
    public async Task Report_OfAKey_IsThatOfItsPartner()
    {
        var byPartner = await ReportAsync(Of(Northgate));
        var incident = Of(Northgate);
        incident.Key = byPartner.Keys[0].Name;

        var byKey = await ReportAsync(incident);

        (byKey.Answers, byKey.Customers, byKey.Refusals).ShouldBe((byPartner.Answers, byPartner.Customers, byPartner.Refusals));
        byKey.Partners.ShouldHaveSingleItem().Id.ShouldBe(Northgate);
        byKey.Fields.ShouldBe(byPartner.Fields);
    }

    [Fact]
    public async Task Report_OutsideTheTime_IsEmpty()
    {
        var incident = Of(Northgate);
        incident.Until = incident.Since.Clone();
        incident.Since = Timestamp.FromDateTimeOffset(s_now.AddDays(-9));

        var report = await ReportAsync(incident);

        (report.Answers, report.Customers, report.Refusals, report.First, report.LatestDeleteBy).ShouldBe((0, 0, 0, null, null));
    }

    [Fact]
    public async Task Report_AfterASuspension_TellsTheMeasure()
    {
        using (var operations = _gateway.AsStaff("operator"))
        {
            await new AdminService.AdminServiceClient(operations).SuspendPartnerAsync(
                new SuspendPartnerRequest { Id = Northgate, Reason = "key stolen" }, cancellationToken: Cancellation);
        }

        var measure = (await ReportAsync(Of(Northgate))).Measures.ShouldHaveSingleItem();

        (measure.Actor, measure.Action).ShouldBe(("operator", "partner.suspend"));
    }

    [Fact]
    public async Task Report_IsRecordedFirst_WithoutWhatWasTyped()
    {
        await ReportAsync(Of(Northgate));

        var act = (await LoggedEntries.ReadAsync(_gateway.Settings.Log))[^1].Administration;
        (act.Actor, act.Action, act.Target, act.Reason).ShouldBe(("security-analyst", "incident.report", "partner since until", ""));
    }

    [Fact]
    public async Task Customers_AreNamedForThePrivacyOfficer_AndTheReasonIsRecorded()
    {
        var (customers, counts) = await NamesAsync(Of(Northgate));

        customers.ToDictionary(c => c.SubjectId, c => (int)c.RecordsReleased, StringComparer.Ordinal).ShouldBe(await _journal.CustomersAsync(), ignoreOrder: true);
        (counts.Named, counts.Forgotten, counts.Unknown, counts.Incomplete).ShouldBe((customers.Count, 0, 0, false));
        customers.Max(c => c.Last)!.ToDateTimeOffset().ShouldBe(_journal.Last);
        var entries = await LoggedEntries.ReadAsync(_gateway.Settings.Log);
        var act = entries[^1].Administration;
        (act.Actor, act.Action, act.Reason).ShouldBe(("privacy-officer", "incident.reidentify", "notice to the persons concerned"));
    }

    [Fact]
    public async Task Customers_Forgotten_AreCountedAndNotNamed()
    {
        var (before, _) = await NamesAsync(Of(Northgate));
        var key = await _gateway.Services.GetRequiredService<ISubjectKeys>().FindAsync(before[0].SubjectId);
        key!.Pseudonym.ToString().ShouldBe(before[0].Pseudonym);
        await _gateway.Services.GetRequiredService<ISubjectErasure>().DestroyAsync([key.Mark]);

        var (after, counts) = await NamesAsync(Of(Northgate));

        (counts.Named, counts.Forgotten, counts.Unknown).ShouldBe((before.Count - 1, 1, 0));
        after.ShouldNotContain(c => c.Pseudonym == before[0].Pseudonym || c.SubjectId == before[0].SubjectId);
        (await ReportAsync(Of(Northgate))).Customers.ShouldBe(before.Count);
    }

    private async Task<GetReportResponse> ReportAsync(Incident incident)
    {
        using var channel = _gateway.AsStaff("security-analyst");
        return await new Client(channel).GetReportAsync(new GetReportRequest { Incident = incident }, cancellationToken: Cancellation);
    }

    private async Task<(List<ConcernedCustomer> Customers, CustomerCounts Counts)> NamesAsync(Incident incident)
    {
        using var channel = _gateway.AsStaff("privacy-officer");
        using var call = new Client(channel).ListCustomers(
            new ListCustomersRequest { Incident = incident, Reason = "notice to the persons concerned" }, cancellationToken: Cancellation);
        var messages = await call.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);
        return ([.. messages.SelectMany(m => m.Customers)], messages[^1].Counts);
    }

    private static Incident Of(string partner) => new()
    {
        Partner = partner, Since = Timestamp.FromDateTimeOffset(s_now.AddHours(-1)), Until = Timestamp.FromDateTimeOffset(s_now.AddHours(1)),
    };
}
