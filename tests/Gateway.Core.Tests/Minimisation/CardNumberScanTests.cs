using Gateway.Core.Minimisation;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Type.V1;
using Gateway.TestProtos.V1;
using Google.Protobuf;
using static Gateway.Core.Tests.Minimisation.Grants;

namespace Gateway.Core.Tests.Minimisation;

public sealed class CardNumberScanTests
{
    private const string Number = "4111 1111 1111 1111";

    [Theory]
    [InlineData("payment_id")]
    [InlineData("billing_name")]
    [InlineData("billing_address.extra_line")]
    [InlineData("payment_token")]
    [InlineData("card_last4")]
    [InlineData("customer_ip")]
    public void Finds_NumberInAnyTextOfACharge_TellsTheLeaf(string path)
    {
        var charge = new Charge { BillingAddress = new PostalAddress() };
        var leaf = ChargeRecord.FindLeaf(path)!;
        IMessage holder = leaf.Fields.Count == 1 ? charge : charge.BillingAddress;
        leaf.Field.Accessor.SetValue(holder, Number);
        var scan = CardNumberScan.Compile(Of(ChargeRecord, ChargeRecord.Leaves.Select(l => l.Path)));

        scan.Finds(charge).ShouldBeTrue();
        scan.Find(charge).ShouldBeSameAs(leaf);
        leaf.Field.Accessor.SetValue(holder, "1111");
        scan.Finds(charge).ShouldBeFalse();
    }

    [Fact]
    public void Finds_RecordWithoutCardData_ReadsNothing()
    {
        var shipment = Catalogue.Records[Shipment.Descriptor.FullName];
        var scan = CardNumberScan.Compile(Of(shipment, ["recipient_name"]));

        scan.Finds(new Shipment { RecipientName = Number }).ShouldBeFalse();
    }

    [Fact]
    public void Finds_EveryPlaceThatHoldsText()
    {
        var record = Catalogue.Records[TextPlaces.Descriptor.FullName];
        var scan = CardNumberScan.Compile(Of(record, record.Leaves.Select(l => l.Path)));

        scan.Finds(new TextPlaces { Id = "1", Count = 4111111111111111, Parts = { new TextPlaces.Types.Part { Text = "x" } } }).ShouldBeFalse();
        TextPlaces[] places =
        [
            new() { Maybe = Number }, new() { Wrapped = Number }, new() { Several = { "x", Number } }, new() { SeveralWrapped = { Number } },
            new() { ByKey = { [Number] = 1 } }, new() { ByNumber = { [1] = Number } }, new() { Part = new TextPlaces.Types.Part { Text = Number } },
            new() { Parts = { new TextPlaces.Types.Part(), new TextPlaces.Types.Part { Text = Number } } }, new() { Chosen = Number },
        ];
        places.ShouldAllBe(p => scan.Finds(p));
    }

    [Fact]
    public void Finds_LeafOutsideTheGrant_IsNotRead() =>
        CardNumberScan.Compile(Of(ChargeRecord, ["status", "order_id"])).Finds(new Charge { BillingName = Number }).ShouldBeFalse();
}
