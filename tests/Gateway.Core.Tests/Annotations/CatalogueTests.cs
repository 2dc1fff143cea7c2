using Gateway.Core.Annotations;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;

namespace Gateway.Core.Tests.Annotations;

public sealed class CatalogueTests
{
    [Fact]
    public void Compile_OurProtos_EveryLeafIsLabelled()
    {
        var catalogue = Catalogue.Compile(
            FulfilmentReflection.Descriptor, PaymentReflection.Descriptor, ShippingReflection.Descriptor, ContractReflection.Descriptor);

        catalogue.Records.Keys.Order(StringComparer.Ordinal).ShouldBe(
            ["gateway.fulfilment.v1.Shipment", "gateway.payment.v1.Charge", "gateway.shipping.v1.Parcel"]);
        catalogue.Methods.Count.ShouldBe(18);
        catalogue.Records["gateway.fulfilment.v1.Shipment"].Leaves.Select(l => l.Path).ShouldBe(
        [
            "order_id", "service_level", "requested_ship_time", "recipient_name", "company",
            "address.street", "address.extra_line", "address.postal_code", "address.locality", "address.region", "address.country",
            "phone_number", "delivery_instructions", "gift_message",
            "lines.sku", "lines.title", "lines.quantity", "lines.weight_grams",
        ]);
    }

    [Fact]
    public void Resolve_Message_GivesItsLeaves()
    {
        var shipment = Catalogue.Compile(FulfilmentReflection.Descriptor).Records["gateway.fulfilment.v1.Shipment"];

        shipment.Resolve("lines").Select(l => l.Path).ShouldBe(["lines.sku", "lines.title", "lines.quantity", "lines.weight_grams"]);
        shipment.Resolve("address.street").Select(l => l.Path).ShouldBe(["address.street"]);
        shipment.Resolve("addr").ShouldBeEmpty();
        shipment.FindLeaf("address").ShouldBeNull();
    }
}
