using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Tests.Contracts;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;

namespace Gateway.Core.Tests.Exchange;

public sealed class PipelineTests
{
    private static readonly GetShipmentRequest s_get = new() { OrderId = "A-1" };
    private readonly ExchangeScene _scene = new();

    [Fact]
    public async Task Get_Granted_GivesGrantedFieldsUnderAReceiptThatIsInTheLog()
    {
        _scene.PutShipment("A-1");
        var open = _scene.Open(ExchangeScene.GetShipment);

        var answer = await _scene.AnswerAsync<GetShipmentResponse>(open, s_get);

        answer.Shipment.ShouldBe(new Shipment { OrderId = "A-1", RecipientName = "Recipient of A-1", PhoneNumber = "123", Address = new() { Street = "1 Main Street" } });
        open.MayLeave(answer).ShouldBeTrue();
        open.MayLeave(answer.Clone()).ShouldBeFalse();
        open.Recorded.ShouldBeTrue();
        answer.Receipt.Id.ShouldBe(open.Receipt.ToString());
        answer.Receipt.DeleteBy.ToDateTimeOffset().ShouldBe(ExchangeScene.Start.AddDays(30));
        var entry = _scene.Entries.Single();
        entry.Receipt.ToByteArray().ShouldBe(open.Receipt.Value.ToByteArray(bigEndian: true));
        new Pseudonym(entry.Subjects.Span).ShouldBe(_scene.Keys.Of("s-A-1").Pseudonym);
    }

    [Theory]
    [InlineData("A-none")]
    [InlineData("A-foreign")]
    [InlineData("A-lapsed")]
    public async Task Get_NotAvailable_IsOneAnswerWhateverTheCause(string key)
    {
        _scene.PutShipment("A-foreign", recipient: "southgate-warehouse");
        _scene.Source.Put(_scene.PutShipment("A-lapsed") with { ClosedAt = ExchangeScene.Start.AddDays(-30) });

        var refusal = await _scene.RefusedAsync(_scene.Open(ExchangeScene.GetShipment), new GetShipmentRequest { OrderId = key });

        refusal.ShouldBe(new Refusal(RefusalReason.RecordNotAvailable));
        _scene.Entries.Single().Records.Length.ShouldBe(0);
    }

    [Fact]
    public async Task BatchGet_GivesWhatIsAvailableInTheOrderAskedFor()
    {
        _scene.PutShipment("A-1");
        _scene.PutShipment("A-2");

        var answer = await _scene.AnswerAsync<BatchGetShipmentsResponse>(
            _scene.Open(ExchangeScene.BatchGetShipments), new BatchGetShipmentsRequest { OrderIds = { "A-2", "A-none", "A-1", "A-2" } });

        answer.Shipments.Select(s => s.OrderId).ShouldBe(["A-2", "A-1"]);
    }

    [Fact]
    public async Task List_PageByPage_GivesEachOnce()
    {
        for (var i = 0; i < 7; i++)
        {
            _scene.PutShipment($"A-{i}");
        }

        var got = new List<string>();
        var token = "";
        do
        {
            var page = await _scene.AnswerAsync<ListShipmentsResponse>(
                _scene.Open(ExchangeScene.ListShipments), new ListShipmentsRequest { PageSize = 3, PageToken = token });
            got.AddRange(page.Shipments.Select(s => s.OrderId));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        got.ShouldBe(Enumerable.Range(0, 7).Select(i => $"A-{i}"));
        _scene.Entries.Select(e => e.Records.Length / SubjectKey.PseudonymSize).ShouldBe([3, 3, 1]);
    }

    [Fact]
    public async Task Misses_OverTheThreshold_TripEnumerationOnce()
    {
        var keys = Enumerable.Range(0, 5).Select(i => $"A-none-{i}");
        await _scene.AnswerAsync<BatchGetShipmentsResponse>(
            _scene.Open(ExchangeScene.BatchGetShipments), new BatchGetShipmentsRequest { OrderIds = { keys } });
        await _scene.RefusedAsync(_scene.Open(ExchangeScene.GetShipment), s_get);

        _scene.Safeguards.Heard.ShouldBe(["tripped Enumeration northgate-warehouse"]);
    }

    [Fact]
    public async Task Quota_PageOverIt_IsRefusedWholeAndTripsIt()
    {
        var scene = new ExchangeScene(ExchangeContracts.NorthgateFile.Replace("subjects_per_day: 5000", "subjects_per_day: 2"));
        scene.PutShipment("A-1");
        scene.PutShipment("A-2");
        scene.PutShipment("A-3");

        var refusal = await scene.RefusedAsync(scene.Open(ExchangeScene.ListShipments), new ListShipmentsRequest());

        refusal.Reason.ShouldBe(RefusalReason.SubjectQuotaExceeded);
        scene.Entries.Single().Subjects.Length.ShouldBe(0);
        scene.Safeguards.Heard.ShouldBe(["tripped SubjectQuota northgate-warehouse"]);
        await scene.AnswerAsync<GetShipmentResponse>(scene.Open(ExchangeScene.GetShipment), s_get);
    }

    [Fact]
    public async Task Rate_Spent_IsRefusedBeforeTheSourceIsAsked()
    {
        var scene = new ExchangeScene(ExchangeContracts.NorthgateFile.Replace("{ subjects_per_day: 5000", "{ calls_per_second: 1, subjects_per_day: 5000"));
        scene.PutShipment("A-1");
        await scene.AnswerAsync<GetShipmentResponse>(scene.Open(ExchangeScene.GetShipment), s_get);
        var reads = scene.Source.Reads;

        var refusal = await scene.RefusedAsync(scene.Open(ExchangeScene.GetShipment), s_get);

        refusal.Reason.ShouldBe(RefusalReason.RateExceeded);
        refusal.RetryAfter.ShouldNotBeNull();
        scene.Source.Reads.ShouldBe(reads);
    }

    [Fact]
    public async Task CardNumber_InTheOneRecordAskedFor_ReadsLikeARecordThatIsNotThere()
    {
        _scene.PutCharge("P-1", billingName: "4111 1111 1111 1111");

        var refusal = await _scene.RefusedAsync(Charge(), new GetChargeRequest { PaymentId = "P-1" });

        refusal.ShouldBe(new Refusal(RefusalReason.RecordNotAvailable));
        _scene.Safeguards.Heard.ShouldBe(["card gateway.payment.v1.Charge cedar-payments"]);
        _scene.Entries.Single().Records.Length.ShouldBe(0);
    }

    [Fact]
    public async Task CardNumber_InOneOfSeveral_IsLeftOutAlone()
    {
        _scene.PutCharge("P-1");
        _scene.PutCharge("P-2", billingName: "4111111111111111");
        _scene.PutCharge("P-3");

        var answer = await _scene.AnswerAsync<BatchGetChargesResponse>(
            Charge("BatchGetCharges"), new BatchGetChargesRequest { PaymentIds = { "P-1", "P-2", "P-3" } });

        answer.Charges.Select(c => c.PaymentId).ShouldBe(["P-1", "P-3"]);
        var entry = _scene.Entries.Single();
        entry.Records.Length.ShouldBe(2 * SubjectKey.PseudonymSize);
        new Pseudonym(entry.Subjects.Span[SubjectKey.PseudonymSize..]).ShouldBe(_scene.Keys.Of("s-P-3").Pseudonym);
    }

    [Fact]
    public async Task CardNumber_InAFieldThatIsNotGranted_DoesNotMatter()
    {
        _scene.PutCharge("P-1", billingName: "4111111111111111");

        var answer = await _scene.AnswerAsync<GetChargeResponse>(
            _scene.Open(ExchangeScene.GetCharge, ExchangeScene.Connection(ExchangeContracts.Cedar), ExchangeContracts.Fraud), new GetChargeRequest { PaymentId = "P-1" });

        answer.Charge.BillingName.ShouldBeEmpty();
    }

    [Fact]
    public async Task OwnContract_IsRecordedBeforeItIsAnswered()
    {
        var open = _scene.Open(ExchangeScene.DescribeContract);
        var response = new DescribeContractResponse();

        (await _scene.Own.AnswerAsync(_scene.Identified(open), response, r => response.Receipt = r, TestContext.Current.CancellationToken)).Passed(out var answer, out _).ShouldBeTrue();

        answer.ShouldBeSameAs(response);
        open.MayLeave(response).ShouldBeTrue();
        response.Receipt.Id.ShouldBe(open.Receipt.ToString());
        _scene.Entries.Single().Records.Length.ShouldBe(0);
    }

    [Fact]
    public async Task OwnContract_OverItsRate_IsRefused()
    {
        var reasons = new List<RefusalReason?>();
        for (var i = 0; i < 200; i++)
        {
            var outcome = await _scene.Own.AnswerAsync(
                _scene.Identified(_scene.Open(ExchangeScene.DescribeContract)), new DescribeContractResponse(), _ => { }, TestContext.Current.CancellationToken);
            reasons.Add(outcome.Passed(out _, out var refusal) ? null : refusal.Reason);
        }

        reasons.Take(Planner.OwnContractRate).ShouldAllBe(r => r == null);
        reasons.ShouldContain(RefusalReason.RateExceeded);
    }

    [Fact]
    public async Task OwnContract_LogGone_IsNotAnswered()
    {
        _scene.Log.Unavailable = true;
        var open = _scene.Open(ExchangeScene.DescribeContract);
        var response = new DescribeContractResponse();

        var outcome = await _scene.Own.AnswerAsync(_scene.Identified(open), response, _ => { }, TestContext.Current.CancellationToken);

        outcome.Passed(out _, out var refusal).ShouldBeFalse();
        refusal!.Reason.ShouldBe(RefusalReason.LogUnavailable);
        open.MayLeave(response).ShouldBeFalse();
    }

    private OpenCall Charge(string method = "GetCharge") =>
        _scene.Open($"gateway.payment.v1.PaymentService/{method}", ExchangeScene.Connection(ExchangeContracts.Cedar), ExchangeContracts.Payment);
}
