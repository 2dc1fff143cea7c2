using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Core.Tests.Minimisation;

/// <summary>Messages with random fields set to random values, through descriptors only.</summary>
internal sealed class RandomMessages(Random random)
{
    // Letters, combining marks, other scripts, emoji with joiners, digits, controls.
    private static readonly string[] s_elements =
        ["a", "Z", "0", " ", "\n", "\r\n", "e\u0301", "\u0301", "ß", "東", "م", "न\u093f", "🇬🇧", "👩‍👩‍👧‍👦", "\u200b", "\0", "\ufffd", "한", "\u1100"];

    public T Next<T>()
        where T : IMessage, new()
    {
        var message = new T();
        Fill(message, 0);
        return message;
    }

    public string Text() => string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => s_elements[random.Next(s_elements.Length)]));

    private void Fill(IMessage message, int depth)
    {
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder().Where(_ => random.Next(3) > 0))
        {
            if (field.IsMap)
            {
                var entry = field.MessageType.Fields;
                var map = (IDictionary)field.Accessor.GetValue(message);
                for (var i = random.Next(4); i > 0; i--)
                {
                    map[Value(entry[1], depth)!] = Value(entry[2], depth);
                }
            }
            else if (field.IsRepeated)
            {
                var list = (IList)field.Accessor.GetValue(message);
                for (var i = random.Next(4); i > 0; i--)
                {
                    list.Add(Value(field, depth));
                }
            }
            else
            {
                field.Accessor.SetValue(message, Value(field, depth));
            }
        }
    }

    private object? Value(FieldDescriptor field, int depth) => field.FieldType switch
    {
        FieldType.Double => Pick(0d, -0d, 1.5, double.NaN, double.NegativeInfinity),
        FieldType.Float => Pick(0f, -0f, 1.5f, float.NaN, float.MaxValue),
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => Pick(0, 1, -1, int.MinValue, int.MaxValue, random.Next(), -random.Next(1000)),
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => Pick(0L, 1L, -1L, long.MinValue, long.MaxValue, random.NextInt64(), -random.NextInt64(1000)),
        FieldType.UInt32 or FieldType.Fixed32 => Pick(0U, 1U, uint.MaxValue, (uint)random.Next()),
        FieldType.UInt64 or FieldType.Fixed64 => Pick(0UL, 1UL, ulong.MaxValue, (ulong)random.NextInt64()),
        FieldType.Bool => random.Next(2) == 0,
        FieldType.String => Text(),
        FieldType.Bytes => ByteString.CopyFrom(Text(), Encoding.UTF8),
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, random.Next(5)),
        _ => Message(field.MessageType, depth + 1),
    };

    private object? Message(MessageDescriptor type, int depth)
    {
        if (type.File == WrappersReflection.Descriptor)
        {
            return Value(type.FindFieldByNumber(1), depth);
        }

        if (type == Timestamp.Descriptor)
        {
            // Years 1 to 9999, in seconds.
            return new Timestamp { Seconds = random.NextInt64(-62_135_596_800, 253_402_300_800), Nanos = random.Next(1_000_000_000) };
        }

        // Struct nests without end.
        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        if (depth < 6)
        {
            Fill(message, depth);
        }

        return message;
    }

    private T Pick<T>(params T[] values) => values[random.Next(values.Length)];
}
