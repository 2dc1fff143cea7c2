using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>Messages as bytes, read and written without the generated code.</summary>
internal static class Wire
{
    public const string Canary = "CANARY-7f3a";

    /// <summary>The same message with unknown fields of every wire type at every level.</summary>
    public static byte[] WithUnknownFields(MessageDescriptor type, byte[] bytes, Random random)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        AddUnknown(type, output, random);
        var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            output.WriteTag(tag);
            var field = type.FindFieldByNumber(WireFormat.GetTagFieldNumber(tag));
            Copy(field, tag, input, output, random);
            AddUnknown(type, output, random);
        }

        output.Flush();
        return stream.ToArray();
    }

    /// <summary>Every field number in the bytes, as a path of names; a number that the type does not have as <c>#n</c>.</summary>
    public static IEnumerable<string> Paths(MessageDescriptor type, byte[] bytes, string above = "")
    {
        var input = new CodedInputStream(bytes);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            var field = type.FindFieldByNumber(number);
            var path = above + (field?.Name ?? $"#{number}");
            yield return path;
            if (field is { FieldType: FieldType.Message } && WireFormat.GetTagWireType(tag) == WireFormat.WireType.LengthDelimited)
            {
                foreach (var below in Paths(field.MessageType, input.ReadBytes().ToByteArray(), path + "."))
                {
                    yield return below;
                }
            }
            else
            {
                input.SkipLastField();
            }
        }
    }

    private static void Copy(FieldDescriptor? field, uint tag, CodedInputStream input, CodedOutputStream output, Random random)
    {
        switch (WireFormat.GetTagWireType(tag))
        {
            case WireFormat.WireType.Varint:
                output.WriteUInt64(input.ReadUInt64());
                break;
            case WireFormat.WireType.Fixed64:
                output.WriteFixed64(input.ReadFixed64());
                break;
            case WireFormat.WireType.Fixed32:
                output.WriteFixed32(input.ReadFixed32());
                break;
            default:
                var payload = input.ReadBytes();
                output.WriteBytes(field is { FieldType: FieldType.Message }
                    ? ByteString.CopyFrom(WithUnknownFields(field.MessageType, payload.ToByteArray(), random))
                    : payload);
                break;
        }
    }

    private static void AddUnknown(MessageDescriptor type, CodedOutputStream output, Random random)
    {
        int[] numbers = [1, 2, 3, 9, 19, 77, 1000, 18_999, 536_870_911];
        var number = numbers[random.Next(numbers.Length)];
        if (type.FindFieldByNumber(number) is not null || random.Next(3) == 0)
        {
            return;
        }

        switch (random.Next(5))
        {
            case 0:
                output.WriteTag(number, WireFormat.WireType.Varint);
                output.WriteUInt64(4711);
                break;
            case 1:
                output.WriteTag(number, WireFormat.WireType.Fixed64);
                output.WriteFixed64(4711);
                break;
            case 2:
                output.WriteTag(number, WireFormat.WireType.Fixed32);
                output.WriteFixed32(4711);
                break;
            case 3:
                output.WriteTag(number, WireFormat.WireType.StartGroup);
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteString(Canary);
                output.WriteTag(number, WireFormat.WireType.EndGroup);
                break;
            default:
                output.WriteTag(number, WireFormat.WireType.LengthDelimited);
                output.WriteString(Canary);
                break;
        }
    }
}
