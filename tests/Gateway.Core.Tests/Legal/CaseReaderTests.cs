using Gateway.Core.Legal;
using Gateway.Core.Sources;
using Gateway.Core.Tests.Contracts;
using Gateway.Core.Tests.Exchange;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Type.V1;
using Google.Protobuf;

namespace Gateway.Core.Tests.Legal;

public sealed class CaseReaderTests
{
    private static readonly CaseTerms s_terms = TestCases.Terms() with
    {
        Subjects = ["C-1", "C-2"],
        Scope =
        [
            new CaseScope("gateway.fulfilment.v1.Shipment", ["order_id", "address.postal_code"]),
            new CaseScope("gateway.payment.v1.Charge", ["payment_id", "billing_name"]),
        ],
    };

    private readonly MemorySource _source = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_RowsOfAllKinds_GivesTheSubjectsDatesAndFieldsInScope()
    {
        Put("first", "C-1", s_terms.From);
        Put("before", "C-1", s_terms.From.AddTicks(-1));
        Put("last", "C-2", s_terms.Until.AddTicks(-1));
        Put("after", "C-2", s_terms.Until);
        Put("another's", "C-3", s_terms.From);

        var contents = await ReadAsync();

        contents.Parts[0].Items.Select(i => (i.Key, i.SubjectId)).ShouldBe([("first", "C-1"), ("last", "C-2")]);
        contents.Parts[0].Items[0].Message.ShouldBe(new Shipment { OrderId = "first", Address = new PostalAddress { PostalCode = "LS1" } });
        contents.Parts[1].Items.ShouldBeEmpty();
        contents.Records.ShouldBe(2);
    }

    [Fact]
    public async Task Read_SameRowForSeveralRecipients_GivesItOnce()
    {
        Put("first", "C-1", s_terms.From);
        _source.Rows.Add(_source.Rows[0] with { Recipient = "southgate-warehouse" });

        (await ReadAsync()).Records.ShouldBe(1);
    }

    [Fact]
    public async Task Read_CardNumber_IsLeftOutAndCounted()
    {
        Put("P-1", "C-1", s_terms.From, new Charge { PaymentId = "P-1", BillingName = "4111 1111 1111 1111" });
        Put("P-2", "C-1", s_terms.From, new Charge { PaymentId = "P-2", BillingName = "Ann" });

        var contents = await ReadAsync();

        contents.Parts[1].Items.ShouldHaveSingleItem().Key.ShouldBe("P-2");
        contents.LeftOut.ShouldBe(1);
    }

    [Fact]
    public async Task Read_TooMuch_StopsAtOneTooMany()
    {
        for (var i = 0; i < 6000; i++)
        {
            _source.Rows.Add(Row($"a{i}", "C-1", s_terms.From, Shipped($"a{i}")));
            _source.Rows.Add(Row($"b{i}", "C-2", s_terms.From, Shipped($"b{i}")));
        }

        (await ReadAsync()).Records.ShouldBe(CaseRules.MaxRecords + 1);
    }

    [Fact]
    public async Task Read_RowOfAnotherOrWithoutADate_FailsWhole()
    {
        Put("first", "C-1", s_terms.From);
        _source.Answer = row => new SourceRow(row.Key, "C-9", row.UpdatedAt, row.Record) { OpenedAt = row.OpenedAt };
        await Should.ThrowAsync<SourceException>(ReadAsync);
        _source.Answer = row => new SourceRow(row.Key, row.SubjectId, row.UpdatedAt, row.Record);

        (await Should.ThrowAsync<SourceException>(ReadAsync)).Message.ShouldContain("opened_at is NULL");
    }

    [Fact]
    public async Task Read_FieldThatIsNoMore_FailsWhole()
    {
        var terms = s_terms with { Scope = [new CaseScope("gateway.fulfilment.v1.Shipment", ["order_id", "gone"])] };

        await Should.ThrowAsync<CasesUnavailableException>(() => new CaseReader(_source, TestContracts.Catalogue).ReadAsync(terms, Cancellation));
    }

    private Task<CaseContents> ReadAsync() => new CaseReader(_source, TestContracts.Catalogue).ReadAsync(s_terms, Cancellation);

    private void Put(string key, string subject, DateTimeOffset opened, IMessage? record = null) => _source.Put(Row(key, subject, opened, record ?? Shipped(key)));

    private static StoredRow Row(string key, string subject, DateTimeOffset opened, IMessage record) =>
        new(key, subject, "northgate-warehouse", opened, opened.AddDays(400), record);

    private static Shipment Shipped(string key) => new()
    {
        OrderId = key,
        RecipientName = "Ann",
        Address = new PostalAddress { PostalCode = "LS1", Street = "1 High Street" },
        GiftMessage = "happy birthday",
    };
}
