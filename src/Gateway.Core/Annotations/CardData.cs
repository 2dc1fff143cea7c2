using Google.Protobuf.Reflection;

namespace Gateway.Core.Annotations;

/// <summary>
/// Payment card data that may never be held in a record (PCI DSS calls it the PAN and sensitive authentication data). No category exists
/// for it; this list only makes the error say why.
/// </summary>
internal static class CardData
{
    private static readonly HashSet<string> s_categories = new(StringComparer.Ordinal)
    {
        "number", "card_number", "pan", "cvv", "cvv2", "cvc", "cvc2", "security_code", "track", "track1", "track2", "pin",
    };

    // Names that say it whatever the label claims. `pin` alone may open a parcel locker.
    private static readonly HashSet<string> s_names = new(StringComparer.Ordinal)
    {
        "card_number", "pan", "cvv", "cvv2", "cvc", "cvc2", "card_security_code", "track1", "track2", "track_data", "card_pin",
    };

    public static bool IsForbidden(FieldDescriptor field, string category) =>
        s_names.Contains(field.Name)
        || (Taxonomy.Covers("user.financial", category) && s_categories.Contains(category[(category.LastIndexOf('.') + 1)..]));
}
