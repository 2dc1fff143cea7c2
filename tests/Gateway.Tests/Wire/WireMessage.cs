using System.Globalization;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Tests.Wire;

/// <summary>
/// Reads messages from bytes by descriptor alone, so that nothing the generated code would skip is overlooked: a field number that the
/// type does not have, a wrong wire type, a group, a singular field twice, all fail.
/// </summary>
internal static class WireMessage
{
    /// <summary>The fields in the order they came: a <see cref="ulong"/> for numbers, bytes for everything with a length.</summary>
    public static List<(FieldDescriptor Field, object Value)> Fields(MessageDescriptor type, byte[] bytes)
    {
        var fields = new List<(FieldDescriptor, object)>();
        var seen = new HashSet<int>();
        var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            var field = type.FindFieldByNumber(number);
            field.ShouldNotBeNull($"{type.FullName} has no field {number}, and it is on the wire");
            (seen.Add(number) || field.IsRepeated).ShouldBeTrue($"{field.FullName} is there twice");
            var delimited = field.FieldType is FieldType.String or FieldType.Bytes or FieldType.Message;
            WireFormat.GetTagWireType(tag).ShouldBe(
                delimited ? WireFormat.WireType.LengthDelimited : WireFormat.WireType.Varint, $"wire type of {field.FullName}");
            fields.Add((field, delimited ? input.ReadBytes().ToByteArray() : input.ReadUInt64()));
        }

        input.IsAtEnd.ShouldBeTrue();
        return fields;
    }

    /// <summary>
    /// One line for each populated leaf, <c>lines[1].sku = …</c>, and for each element of a repeated message, <c>lines[1]</c>; the
    /// paths of all messages in between go to <paramref name="messages"/>.
    /// </summary>
    public static SortedSet<string> Lines(MessageDescriptor type, byte[] bytes, ISet<string> messages)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        Walk(type, bytes, "", "", lines, messages);
        return lines;
    }

    private static void Walk(MessageDescriptor type, byte[] bytes, string above, string plainAbove, SortedSet<string> lines, ISet<string> messages)
    {
        var counts = new Dictionary<int, int>();
        foreach (var (field, value) in Fields(type, bytes))
        {
            var plain = plainAbove + field.Name;
            var path = above + field.Name;
            if (field.IsRepeated)
            {
                var index = counts[field.FieldNumber] = counts.GetValueOrDefault(field.FieldNumber, -1) + 1;
                path += $"[{index}]";
                lines.Add(path);
            }

            if (field.FieldType == FieldType.Message)
            {
                messages.Add(plain);
                Walk(field.MessageType, (byte[])value, path + ".", plain + ".", lines, messages);
            }
            else
            {
                lines.Add($"{path} = {Text(field, value)}");
            }
        }
    }

    private static string Text(FieldDescriptor field, object value) => field.FieldType switch
    {
        FieldType.String => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString((byte[])value),
        FieldType.Int32 or FieldType.Int64 or FieldType.Enum => ((long)(ulong)value).ToString(CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"{field.FullName}: {field.FieldType} is not in any record yet"),
    };
}
