using System.Collections;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// Lists and maps of scalars: one column with a JSON array or object. Integers are JSON numbers, bytes base64, enums as in a column of
/// their own. These rare kinds are boxed.
/// </summary>
internal sealed class JsonColumn
{
    private readonly FieldDescriptor _field;
    private readonly FieldDescriptor _value;
    private readonly EnumNames? _enum;

    private JsonColumn(FieldDescriptor field)
    {
        _field = field;
        _value = field.IsMap ? field.MessageType.FindFieldByNumber(2) : field;
        _enum = _value.FieldType == FieldType.Enum ? new EnumNames(_value.EnumType) : null;
    }

    /// <summary>The reader of a repeated or map field; null where its values are no scalars.</summary>
    public static JsonColumn? For(FieldDescriptor field)
    {
        var column = new JsonColumn(field);
        return column._value.FieldType is FieldType.Message or FieldType.Group ? null : column;
    }

    /// <summary>Adds what the text holds to the field of <paramref name="message"/>.</summary>
    public void Read(RowValues row, int column, string name, IMessage message)
    {
        try
        {
            using var json = JsonDocument.Parse(row.Text(column, name));
            if (_field.IsMap)
            {
                var map = (IDictionary)_field.Accessor.GetValue(message);
                var key = _field.MessageType.FindFieldByNumber(1).FieldType;
                foreach (var entry in json.RootElement.EnumerateObject())
                {
                    map.Add(Key(key, entry.Name), Value(entry.Value));
                }
            }
            else
            {
                var list = (IList)_field.Accessor.GetValue(message);
                foreach (var item in json.RootElement.EnumerateArray())
                {
                    list.Add(Value(item));
                }
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException or ArgumentException)
        {
            // Not as an inner exception: a parser's message quotes what it read.
            throw row.Wrong(name, $"is not a JSON {(_field.IsMap ? "object" : "array")} of what the field holds");
        }
    }

    private static object Key(FieldType type, string text) => type switch
    {
        FieldType.String => text,
        FieldType.Bool => bool.Parse(text),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => int.Parse(text, null),
        FieldType.UInt32 or FieldType.Fixed32 => uint.Parse(text, null),
        FieldType.UInt64 or FieldType.Fixed64 => ulong.Parse(text, null),
        _ => long.Parse(text, null),
    };

    private object Value(JsonElement json) => _value.FieldType switch
    {
        FieldType.String => Text(json),
        FieldType.Bytes => ByteString.CopyFrom(json.GetBytesFromBase64()),
        FieldType.Bool => json.GetBoolean(),
        FieldType.Double => Finite(json.GetDouble()),
        FieldType.Float => (float)Finite(json.GetSingle()),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => json.GetInt32(),
        FieldType.UInt32 or FieldType.Fixed32 => json.GetUInt32(),
        FieldType.UInt64 or FieldType.Fixed64 => json.GetUInt64(),
        FieldType.Enum => Enum.ToObject(_value.EnumType.ClrType, Number(json)),
        _ => json.GetInt64(),
    };

    private static string Text(JsonElement json)
    {
        var text = json.GetString() ?? throw new FormatException();
        return text.Contains('\0', StringComparison.Ordinal) ? throw new FormatException() : text;
    }

    private static double Finite(double number) => double.IsFinite(number) ? number : throw new OverflowException();

    private int Number(JsonElement json)
    {
        int number;
        var known = json.ValueKind == JsonValueKind.String
            ? _enum!.TryFind(System.Text.Encoding.UTF8.GetBytes(json.GetString()!), out number)
            : _enum!.TryFind(json.GetInt32(), out number);
        return known ? number : throw new FormatException();
    }
}
