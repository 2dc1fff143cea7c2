using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Permissions;

namespace Gateway.Core.Log;

/// <summary>One subject's random key, and what follows from it: the 16-byte pseudonyms of the subject and its records, and its mark.</summary>
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
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        // Neither holds a zero byte, and what records are derived from does: no record's pseudonym is one of these.
        Derive("subject"u8, hash);
        Pseudonym = new Pseudonym(hash[..PseudonymSize]);
        Derive("erasure"u8, hash);
        Mark = new SubjectMark(hash[..SubjectMark.Size]);
    }

    /// <summary>The subject's pseudonym in the log.</summary>
    public Pseudonym Pseudonym { get; }

    /// <summary>What acts on the subject are recorded under; in no entry of theirs.</summary>
    public SubjectMark Mark { get; }

    /// <summary>The pseudonym of one of the subject's records.</summary>
    public Pseudonym OfRecord(string recordType, string key) => Of(recordType, key);

    /// <summary>The pseudonym of a permission that the subject gave: in an entry, what the release relied on.</summary>
    public Pseudonym OfPermission(Preference preference) =>
        // No record type has a space in its name, so no record's pseudonym is one of these.
        Of("permission " + preference.Topic, $"{(int)preference.State} {preference.ChangedAt.UtcTicks}");

    private Pseudonym Of(string kind, string key)
    {
        var size = Encoding.UTF8.GetByteCount(kind) + 1 + Encoding.UTF8.GetByteCount(key);
        Span<byte> input = size <= 512 ? stackalloc byte[size] : new byte[size];
        var at = Encoding.UTF8.GetBytes(kind, input);
        input[at] = 0;
        Encoding.UTF8.GetBytes(key, input[(at + 1)..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Derive(input, hash);
        return new Pseudonym(hash[..PseudonymSize]);
    }

    private void Derive(ReadOnlySpan<byte> input, Span<byte> hash) => HMACSHA256.HashData(_key, input, hash);
}
