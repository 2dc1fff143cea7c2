using System.Text;

namespace Gateway.Core.Log;

/// <summary>
/// Writes proto3 fields into a span that is large enough; fields of default value are left out, as the protobuf serialiser does. Field
/// numbers up to 2,047.
/// </summary>
internal ref struct WireWriter(Span<byte> destination)
{
    private const int Varint = 0;
    private const int Delimited = 2;

    private readonly Span<byte> _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }

    public void Number(int field, ulong value)
    {
        if (value != 0)
        {
            Base128((uint)((field << 3) | Varint));
            Base128(value);
        }
    }

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
        {
            value.CopyTo(Delimit(field, value.Length));
        }
    }

    public void Text(int field, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Encoding.UTF8.GetBytes(value, Delimit(field, Encoding.UTF8.GetByteCount(value)));
        }
    }

    public void Pseudonyms(int field, ReadOnlySpan<Pseudonym> values)
    {
        if (values.IsEmpty)
        {
            return;
        }

        var target = Delimit(field, values.Length * SubjectKey.PseudonymSize);
        foreach (ref readonly var value in values)
        {
            value.CopyTo(target);
            target = target[SubjectKey.PseudonymSize..];
        }
    }

    /// <summary>Writes tag and length, and gives the room for <paramref name="length"/> bytes, which the caller fills.</summary>
    public Span<byte> Delimit(int field, int length)
    {
        Base128((uint)((field << 3) | Delimited));
        Base128((uint)length);
        var room = _destination.Slice(Written, length);
        Written += length;
        return room;
    }

    /// <summary>A message of two numbers: <c>google.protobuf.Timestamp</c>.</summary>
    public void Time(int field, DateTimeOffset value)
    {
        var ticks = value.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        Span<byte> inner = stackalloc byte[24];
        var time = new WireWriter(inner);
        time.Number(1, (ulong)Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest));
        time.Number(2, (ulong)(rest * TimeSpan.NanosecondsPerTick));
        inner[..time.Written].CopyTo(Delimit(field, time.Written));
    }

    private void Base128(ulong value)
    {
        while (value >= 0x80)
        {
            _destination[Written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _destination[Written++] = (byte)value;
    }
}
