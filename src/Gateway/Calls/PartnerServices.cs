using Gateway.Core.Annotations;
using Gateway.Protos.Contract.V1;
using Gateway.Protos.Delivery.V1;
using Gateway.Protos.Fulfilment.V1;
using Gateway.Protos.Mailing.V1;
using Gateway.Protos.Payment.V1;
using Gateway.Protos.Shipping.V1;
using Gateway.Protos.Statistics.V1;
using Gateway.Protos.Subject.V1;

namespace Gateway.Calls;

/// <summary>The services that partners are offered. To add one: its proto here, its class in <see cref="PartnerPipeline"/>.</summary>
internal static class PartnerServices
{
    /// <summary>Their labels, read once.</summary>
    public static Catalogue Catalogue { get; } = Catalogue.Compile(
        FulfilmentReflection.Descriptor, PaymentReflection.Descriptor, ShippingReflection.Descriptor, MailingReflection.Descriptor,
        DeliveryReflection.Descriptor, ContractReflection.Descriptor, SubjectReflection.Descriptor, StatisticsReflection.Descriptor);
}
