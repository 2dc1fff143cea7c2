using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Protos.Delivery.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;

namespace Gateway.Tests.Demo.Shop;

/// <summary>Grants of everything there is, which no contract gives: what the shop's views hold.</summary>
internal static class ShopGrants
{
    private static readonly Catalogue s_catalogue =
        Catalogue.Compile(FulfilmentReflection.Descriptor, PaymentReflection.Descriptor, ShippingReflection.Descriptor, MailingReflection.Descriptor, DeliveryReflection.Descriptor);

    public static Grant Shipments(string partner = "northgate-warehouse") => Everything("gateway.fulfilment.v1.Shipment", partner);

    public static Grant Charges() => Everything("gateway.payment.v1.Charge", "cedar-payments");

    public static Grant Parcels() => Everything("gateway.shipping.v1.Parcel", "harbour-carrier");

    public static Grant Subscribers() => Everything("gateway.mailing.v1.Subscriber", "meridian-mail");

    public static Grant Downloads() => Everything("gateway.delivery.v1.Download", "lantern-downloads");

    private static Grant Everything(string record, string partner)
    {
        var type = s_catalogue.Records[record];
        return new Grant
        {
            Id = 1,
            Contract = "test-contract",
            Partner = partner,
            Purpose = new Purpose("essential.service", "We pass on.", FrozenSet<string>.Empty, FrozenSet<LegalBasis>.Empty),
            Basis = LegalBasis.Contract,
            Record = type,
            Methods = FrozenSet<string>.Empty,
            Fields = [.. type.Leaves.Select(l => new GrantedField(l, null, "a test"))],
            Granted = FieldSet.Of(type, type.Leaves),
            Window = TimeSpan.FromDays(30),
            MaxOpen = TimeSpan.FromDays(90),
            DeleteAfter = TimeSpan.FromDays(30),
            Limits = new Limits(null, null, 120),
        };
    }
}
