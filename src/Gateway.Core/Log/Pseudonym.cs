using System.Buffers.Binary;

namespace Gateway.Core.Log;

/// <summary>16 bytes that stand for a subject or a record in the log. A value; written as 32 lower-case hex digits.</summary>
public readonly record struct Pseudonym
{
    private readonly ulong _high;
    private readonly ulong _low;

    /// <param name="bytes">16 bytes.</param>
    public Pseudonym(ReadOnlySpan<byte> bytes)
    {
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    public override string ToString() => $"{_high:x16}{_low:x16}";
}
