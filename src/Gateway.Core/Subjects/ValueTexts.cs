using System.Collections;
using System.Globalization;
using Gateway.Core.Annotations;
using Gateway.Protos.Type.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Subjects;

/// <summary>What a record holds at a leaf, as texts for a person to read. Nothing for what is not set.</summary>
internal static class ValueTexts
{
    /// <summary>One text a value; several where the leaf, or a message above it, is repeated.</summary>
    public static IEnumerable<string> Of(IMessage record, Leaf leaf) => Of(record, leaf, depth: 0);

    private static IEnumerable<string> Of(IMessage message, Leaf leaf, int depth)
    {
        var field = leaf.Fields[depth];
        if (!field.IsRepeated && field.HasPresence && !field.Accessor.HasValue(message))
        {
            return [];
        }

        var value = field.Accessor.GetValue(message);
        var last = depth == leaf.Fields.Count - 1;
        return (field, value) switch
        {
            ({ IsMap: true }, IDictionary map) => map.Keys.Cast<object>().Select(k => $"{k}: {map[k]}").Order(StringComparer.Ordinal),
            ({ IsRepeated: true }, IEnumerable items) => items.Cast<object>()
                .SelectMany(i => last ? [Text(field, i)] : Of((IMessage)i, leaf, depth + 1)),
            (_, null) => [],
            _ when !last => Of((IMessage)value, leaf, depth + 1),
            _ => field.HasPresence || !IsDefault(field, value) ? [Text(field, value)] : [],
        };
    }

    // Without presence nobody can tell nothing from the default.
    private static bool IsDefault(FieldDescriptor field, object value) => value switch
    {
        string text => text.Length == 0,
        ByteString bytes => bytes.IsEmpty,
        bool set => !set,
        _ => field.FieldType == FieldType.Enum ? (int)value == 0 : Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0,
    };

    private static string Text(FieldDescriptor field, object value) => value switch
    {
        string text => text,
        bool set => set ? "yes" : "no",
        ByteString bytes => bytes.ToBase64(),
        Timestamp time => time.ToDateTimeOffset().UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Duration span => span.ToTimeSpan().ToString("c", CultureInfo.InvariantCulture),
        Money money => MoneyText(money),
        IMessage other => other.ToString()!,
        _ when field.FieldType == FieldType.Enum => EnumText(field, (int)value),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string MoneyText(Money money)
    {
        var amount = money.Units + (money.Nanos / 1_000_000_000m);
        return string.Create(CultureInfo.InvariantCulture, $"{amount:0.00#######} {money.CurrencyCode}");
    }

    // CHARGE_STATUS_SETTLED of ChargeStatus → settled
    private static string EnumText(FieldDescriptor field, int number)
    {
        var name = field.EnumType.FindValueByNumber(number)?.Name ?? number.ToString(CultureInfo.InvariantCulture);
        var prefix = string.Concat(field.EnumType.Name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToUpperInvariant() + "_";
        return (name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name).Replace('_', ' ').ToLowerInvariant();
    }
}
