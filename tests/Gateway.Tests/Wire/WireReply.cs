using Gateway.Core.Annotations;
using Gateway.Protos.Log.V1;
using Google.Protobuf.Reflection;

namespace Gateway.Tests.Wire;

/// <summary>A response message taken apart: its records as bytes, its token, its receipt.</summary>
internal sealed record WireReply(IReadOnlyList<byte[]> Records, string Token, Receipt Receipt)
{
    /// <summary>Fails on anything that is none of them.</summary>
    public static WireReply Read(ServiceMethod method, byte[] message)
    {
        var records = new List<byte[]>();
        var token = "";
        Receipt? receipt = null;
        foreach (var (field, value) in WireMessage.Fields(method.Descriptor.OutputType, message))
        {
            if (field.FieldType == FieldType.Message && field.MessageType == method.Record!.Descriptor)
            {
                records.Add((byte[])value);
            }
            else if (field.Name is "next_page_token" or "resume_token")
            {
                token = System.Text.Encoding.ASCII.GetString((byte[])value);
            }
            else
            {
                field.FieldNumber.ShouldBe(15, $"{field.FullName} is not expected here");
                WireMessage.Fields(Receipt.Descriptor, (byte[])value);
                receipt = Receipt.Parser.ParseFrom((byte[])value);
            }
        }

        return new WireReply(records, token, receipt.ShouldNotBeNull());
    }
}
