using System.Buffers.Binary;
using System.Globalization;

namespace Gateway.Core.Log;

/// <summary>
/// 16 bytes that stand for a subject in what is recorded of acts on them: a forget, a hold, a reading of their entries. Whoever knows what
/// such an act was about must not find the subject's entries through it, so it is no <see cref="Pseudonym"/>: only the subject's key links
/// the two. A value; written as 32 lower-case hex digits.
/// </summary>
public readonly record struct SubjectMark
{
    /// <summary>Length, bytes.</summary>
    public const int Size = 16;

    private readonly UInt128 _value;

    /// <param name="bytes">16 bytes.</param>
    public SubjectMark(ReadOnlySpan<byte> bytes) => _value = BinaryPrimitives.ReadUInt128BigEndian(bytes);

    /// <summary>Parses 32 hex digits; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out SubjectMark mark)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isMark = text.Length == 2 * Size && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done;
        mark = isMark ? new SubjectMark(bytes) : default;
        return isMark;
    }

    /// <summary>Writes the 16 bytes.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, _value);

    public override string ToString() => _value.ToString("x32", CultureInfo.InvariantCulture);
}
