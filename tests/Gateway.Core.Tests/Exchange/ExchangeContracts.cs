using System.Text;
using Gateway.Core.Contracts;

namespace Gateway.Core.Tests.Exchange;

/// <summary>A policy and two partners' contracts, as the exchange's tests change them.</summary>
internal static class ExchangeContracts
{
    public const string Northgate = "northgate-warehouse";
    public const string Cedar = "cedar-payments";
    public const string Warehousing = "essential.service.fulfillment.warehousing";
    public const string Payment = "essential.service.payment_processing";
    public const string Meridian = "meridian-mail";
    public const string Mail = "marketing.communications.email";
    public const string Improvement = "essential.service.operations.improve";
    public const string Fraud = "essential.fraud_detection";

    public static ContractFile Policy { get; } = File("policy.yaml", $"""
        policy: test-policy
        area: [GB, EU]
        purposes:
          - purpose: {Warehousing}
            promise: We pass on only what is needed
            categories: [user.name, user.contact.address, user.contact.phone_number, user.behavior.purchase_history, system.operations]
            bases: [contract]
          - purpose: {Payment}
            promise: Our payment provider takes your payment
            categories: [user.name, user.contact.address, user.financial, system.operations]
            bases: [contract]
          - purpose: {Fraud}
            promise: Payments are checked before we take them
            categories: [user.contact.email, user.device.ip_address, user.financial, system.operations]
            bases: [legitimate_interests, consent]
          - purpose: {Mail}
            promise: We write to you only as you asked
            categories: [user.name, user.contact.email, user.demographic.language, user.privacy_preferences, system.operations]
            bases: [consent, legitimate_interests]
          - purpose: {Improvement}
            promise: We ask you before we show your order to those who study it
            categories: [user.name, user.contact.address, user.contact.phone_number, user.behavior.purchase_history, system.operations]
            bases: [consent]
        lists:
          - list: news
            title: What is new
            purpose: {Mail}
          - list: offers
            title: Offers
            purpose: {Mail}
        """);

    public static ContractFile NorthgateFile { get; } = File("northgate.yaml", $$"""
        contract: northgate-warehousing
        partner: { id: {{Northgate}}, name: Northgate Fulfilment Ltd, role: processor, country: GB, contacts: { security: soc@northgate.example, privacy: dpo@northgate.example } }
        agreement: { reference: DPA-1, effective: 2026-01-01, expires: 2027-12-31 }
        identity: { authority: partners, uri: "spiffe://shop.example/partner/{{Northgate}}", keys: [], networks: [] }
        grants:
          - purpose: {{Warehousing}}
            basis: contract
            record: gateway.fulfilment.v1.Shipment
            methods: [GetShipment, BatchGetShipments, ListShipments, WatchShipments]
            fields:
              - paths: [order_id, recipient_name, address.street]
                because: print the label
              - paths: [phone_number]
                keep_last: 3
                because: match the driver's reference
            window: 30d
            max_open: 90d
            delete_after: 30d
            limits: { subjects_per_day: 5000, misses_per_minute: 3 }
        """);

    /// <summary>Soft opt-ins are enough; with <c>basis: consent</c> in its place they are not.</summary>
    public static ContractFile MeridianFile { get; } = File("meridian.yaml", $$"""
        contract: meridian-mail
        partner: { id: {{Meridian}}, name: Meridian Mail Ltd, role: processor, country: GB, contacts: { security: soc@meridian.example, privacy: dpo@meridian.example } }
        agreement: { reference: DPA-9, effective: 2026-01-01, expires: 2027-12-31 }
        identity: { authority: partners, uri: "spiffe://shop.example/partner/{{Meridian}}", keys: [], networks: [] }
        grants:
          - purpose: {{Mail}}
            basis: legitimate_interests
            record: gateway.mailing.v1.Subscriber
            methods: [GetSubscriber, ListSubscribers, WatchSubscribers]
            fields:
              - paths: [subscriber_id, email, given_name]
                because: write to them
            window: 0d
            max_open: 3650d
            delete_after: 1d
            limits: { misses_per_minute: 3 }
        """);

    /// <summary>Consent as the condition of a record that names no list.</summary>
    public static ContractFile ConsentFile { get; } = File("northgate.yaml", Encoding.UTF8.GetString(NorthgateFile.Bytes.Span)
        .Replace($"purpose: {Warehousing}", $"purpose: {Improvement}", StringComparison.Ordinal)
        .Replace("basis: contract", "basis: consent", StringComparison.Ordinal));

    public static ContractFile CedarFile { get; } = File("cedar.yaml", $$"""
        contract: cedar-payments
        partner: { id: {{Cedar}}, name: Cedar Payments Inc, role: processor, country: IE, contacts: { security: soc@cedar.example, privacy: dpo@cedar.example } }
        agreement: { reference: PSP-1, effective: 2026-01-01, expires: 2027-12-31 }
        identity: { authority: partners, uri: "spiffe://shop.example/partner/{{Cedar}}", keys: [], networks: [] }
        grants:
          - purpose: {{Payment}}
            basis: contract
            record: gateway.payment.v1.Charge
            methods: [GetCharge, BatchGetCharges, ListCharges, WatchCharges]
            fields:
              - paths: [payment_id, order_id, billing_name, payment_token]
                because: take the payment
            window: 30d
            max_open: 90d
            delete_after: 30d
          - purpose: {{Fraud}}
            basis: legitimate_interests
            record: gateway.payment.v1.Charge
            methods: [GetCharge, ListCharges]
            fields:
              - paths: [payment_id, email, customer_ip]
                because: compare
            window: 0d
            max_open: 30d
            delete_after: 30d
        """);

    public static ContractFile File(string name, string text) => new(name, Encoding.UTF8.GetBytes(text));
}
