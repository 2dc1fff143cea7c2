using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Log;

/// <summary>One subject's random key, and the 16-byte pseudonyms that follow from it.</summary>
public sealed class SubjectKey
{
    /// <summary>Length of a key, bytes.</summary>
    public const int Size = 32;

    /// <summary>Length of a pseudonym, bytes.</summary>
    public const int PseudonymSize = 16;

    private readonly byte[] _key;

    public SubjectKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Size, nameof(key));
        _key = key.ToArray();
        Pseudonym = Derive("subject"u8);
    }

    /// <summary>The subject's pseudonym in the log.</summary>
    public Pseudonym Pseudonym { get; }

    /// <summary>The pseudonym of one of the subject's records.</summary>
    public Pseudonym OfRecord(string recordType, string key)
    {
        var size = Encoding.UTF8.GetByteCount(recordType) + 1 + Encoding.UTF8.GetByteCount(key);
        Span<byte> input = size <= 512 ? stackalloc byte[size] : new byte[size];
        var at = Encoding.UTF8.GetBytes(recordType, input);
        input[at] = 0;
        Encoding.UTF8.GetBytes(key, input[(at + 1)..]);
        return Derive(input);
    }

    private Pseudonym Derive(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, input, hash);
        return new Pseudonym(hash[..PseudonymSize]);
    }
}
