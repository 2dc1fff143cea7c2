using System.Collections.Frozen;
using Gateway.Protos.Log.V1;

namespace Gateway.Core.Subjects;

/// <summary>
/// What customers are told instead of record names, paths, categories and transforms: the one table. What it does not list is told by its
/// name, underscores as spaces; a category by the nearest above it.
/// </summary>
public static class PlainWords
{
    private static readonly FrozenDictionary<string, string> s_records = Table(
        ("gateway.fulfilment.v1.Shipment", "an order to be packed"),
        ("gateway.payment.v1.Charge", "a payment"),
        ("gateway.shipping.v1.Parcel", "a parcel"),
        ("gateway.mailing.v1.Subscriber", "a subscription by mail"),
        ("gateway.delivery.v1.Download", "a title to be downloaded"));

    private static readonly FrozenDictionary<string, string> s_categories = Table(
        ("user", "other things about you"),
        ("user.account", "your account"),
        ("user.behavior", "what you did"),
        ("user.behavior.purchase_history", "what you bought"),
        ("user.contact", "how to reach you"),
        ("user.contact.address", "your address"),
        ("user.contact.address.delivery_instructions", "where to leave a parcel"),
        ("user.contact.email", "your e-mail address"),
        ("user.contact.organization", "your company"),
        ("user.contact.phone_number", "your phone number"),
        ("user.content", "what you wrote"),
        ("user.demographic.language", "your language"),
        ("user.device", "the device you used"),
        ("user.device.ip_address", "the internet address (IP) you used"),
        ("user.financial", "amounts of money"),
        ("user.financial.credit_card", "your card, never its number"),
        ("user.name", "your name"),
        ("user.payment", "your payments"),
        ("user.privacy_preferences", "what you said about your privacy"),
        ("user.unique_id", "numbers that stand for you"),
        ("system", "running the shop"),
        ("system.operations", "handling of your orders"));

    private static readonly FrozenDictionary<string, string> s_fields = Table(
        ("order_id", "order number"),
        ("payment_id", "payment number"),
        ("parcel_id", "parcel number"),
        ("subscriber_id", "subscription number"),
        ("requested_ship_time", "when it should leave"),
        ("recipient_name", "name of who receives it"),
        ("billing_name", "name on the bill"),
        ("email", "e-mail address"),
        ("extra_line", "second line of the address"),
        ("locality", "town"),
        ("sku", "article number"),
        ("title", "title"),
        ("processor_reference", "the payment provider's number"),
        ("amount", "amount paid"),
        ("payment_token", "code that stands for the card"),
        ("card_brand", "kind of card"),
        ("card_last4", "last 4 digits of the card"),
        ("card_expiry_month", "month in which the card ends"),
        ("card_expiry_year", "year in which the card ends"),
        ("customer_ip", "internet address (IP) used when paying"),
        ("status", "how it stands"),
        ("declared_value", "value declared for it"),
        ("customs_description", "what is in it, for customs"),
        ("weight_grams", "weight in grams"),
        ("length_mm", "length in millimetres"),
        ("width_mm", "width in millimetres"),
        ("height_mm", "height in millimetres"));

    /// <summary>A record: <c>a parcel</c>.</summary>
    /// <param name="record">Full name.</param>
    public static string OfRecord(string record) => s_records.GetValueOrDefault(record) ?? Spaced(record[(record.LastIndexOf('.') + 1)..]).ToLowerInvariant();

    /// <summary>A category: <c>your address</c>.</summary>
    public static string OfCategory(string category)
    {
        for (var key = category; ; key = key[..key.LastIndexOf('.')])
        {
            if (s_categories.TryGetValue(key, out var words))
            {
                return words;
            }

            if (!key.Contains('.', StringComparison.Ordinal))
            {
                return "other things";
            }
        }
    }

    /// <summary>A field: <c>address: postal code</c>.</summary>
    /// <param name="path">In its record.</param>
    public static string OfField(string path)
    {
        var parts = path.Split('.');
        var field = s_fields.GetValueOrDefault(parts[^1]) ?? Spaced(parts[^1]);
        return parts.Length == 1 ? field : $"{Spaced(parts[^2])}: {field}";
    }

    /// <summary>A transform as a contract writes it: <c>last 3 characters only</c>.</summary>
    public static string OfTransform(string transform)
    {
        var (name, number) = transform.Split(": ") is [var left, var right] ? (left, right) : (transform, "");
        return name switch
        {
            "keep_last" => $"last {number} characters only",
            "keep_first" => $"first {number} characters only",
            "year_only" => "the year only",
            "pseudonym" => "replaced by a code that means nothing to anybody else",
            "bucket" => $"rounded down to a multiple of {number}",
            _ => "in a changed form",
        };
    }

    /// <summary>The fields of a scope, in its order.</summary>
    /// <param name="scope">Of a disclosure.</param>
    /// <returns>Path, plain words, and the form in plain words: empty for as it is.</returns>
    public static IEnumerable<(string Path, string Title, string Form)> Of(Scope scope) =>
        scope.Released.Select(p => (p, OfField(p), ""))
            .Concat(scope.Transformed.Select(t => (t.Path, OfField(t.Path), OfTransform(t.Transform))));

    private static string Spaced(string name) => name.Replace('_', ' ');

    private static FrozenDictionary<string, string> Table(params (string Name, string Words)[] rows) =>
        rows.ToFrozenDictionary(r => r.Name, r => r.Words, StringComparer.Ordinal);
}
