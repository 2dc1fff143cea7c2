using Gateway.Core.Annotations;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Tests.Wire;

/// <summary>Requests as bytes, by the names of their fields.</summary>
internal static class WireRequest
{
    public static byte[] Get(ServiceMethod method, string key, string value) => Text(method, key, value);

    public static byte[] BatchGet(ServiceMethod method, IEnumerable<string> keys)
    {
        var field = method.Descriptor.InputType.Fields.InDeclarationOrder().Single();
        return Write(output =>
        {
            foreach (var key in keys)
            {
                output.WriteTag(field.FieldNumber, WireFormat.WireType.LengthDelimited);
                output.WriteString(key);
            }
        });
    }

    public static byte[] List(int pageSize, string pageToken = "", DateTimeOffset? changedSince = null) => Write(output =>
    {
        output.WriteTag(1, WireFormat.WireType.Varint);
        output.WriteInt32(pageSize);
        output.WriteTag(2, WireFormat.WireType.LengthDelimited);
        output.WriteString(pageToken);
        if (changedSince is { } since)
        {
            output.WriteTag(3, WireFormat.WireType.LengthDelimited);
            output.WriteMessage(Timestamp.FromDateTimeOffset(since));
        }
    });

    public static byte[] Watch(string resumeToken = "") => Write(output =>
    {
        output.WriteTag(1, WireFormat.WireType.LengthDelimited);
        output.WriteString(resumeToken);
    });

    private static byte[] Text(ServiceMethod method, string name, string value) => Write(output =>
    {
        output.WriteTag(method.Descriptor.InputType.FindFieldByName(name).FieldNumber, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    private static byte[] Write(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }
}
