using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>
/// What a row of the store is made of: the look-up value, HMAC-SHA256 of the subject's id; the subject's key and the id itself, each
/// nonce, AES-256-GCM and tag, bound to the look-up value. No row can be read, forged or moved to another subject without the master
/// key. Used by one thread.
/// </summary>
internal sealed class KeySeals(MasterKey master) : IDisposable
{
    /// <summary>Length of a look-up value, bytes.</summary>
    public const int LookupSize = HMACSHA256.HashSizeInBytes;

    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly byte[] _lookupKey = master.SubjectLookupKey;
    private readonly AesGcm _wrap = new(master.SubjectWrapKey, TagSize);
    private readonly AesGcm _identity = new(master.SubjectIdentityKey, TagSize);

    /// <summary>Where the subject's row is found.</summary>
    public void Lookup(string subjectId, Span<byte> lookup) => HMACSHA256.HashData(_lookupKey, Encoding.UTF8.GetBytes(subjectId), lookup);

    /// <summary>A new key, wrapped.</summary>
    public byte[] WrapNew(ReadOnlySpan<byte> lookup) => Seal(_wrap, RandomNumberGenerator.GetBytes(SubjectKey.Size), lookup);

    /// <exception cref="CryptographicException">The row was changed, or is another subject's.</exception>
    public SubjectKey Unwrap(ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> lookup) => new(Open(_wrap, wrapped, lookup));

    /// <summary>The subject's id, sealed.</summary>
    public byte[] SealIdentity(string subjectId, ReadOnlySpan<byte> lookup) => Seal(_identity, Encoding.UTF8.GetBytes(subjectId), lookup);

    /// <exception cref="CryptographicException">The row was changed, or is another subject's.</exception>
    public string OpenIdentity(ReadOnlySpan<byte> identity, ReadOnlySpan<byte> lookup) => Encoding.UTF8.GetString(Open(_identity, identity, lookup));

    /// <summary>A pseudonym as the store holds it.</summary>
    public static byte[] Bytes(Pseudonym pseudonym)
    {
        var bytes = new byte[SubjectKey.PseudonymSize];
        pseudonym.CopyTo(bytes);
        return bytes;
    }

    /// <summary>A mark as the store holds it.</summary>
    public static byte[] Bytes(SubjectMark mark)
    {
        var bytes = new byte[SubjectMark.Size];
        mark.CopyTo(bytes);
        return bytes;
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_lookupKey);
        _wrap.Dispose();
        _identity.Dispose();
    }

    private static byte[] Seal(AesGcm cipher, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> lookup)
    {
        var sealedBytes = new byte[NonceSize + plain.Length + TagSize];
        var nonce = sealedBytes.AsSpan(0, NonceSize);
        RandomNumberGenerator.Fill(nonce);
        cipher.Encrypt(nonce, plain, sealedBytes.AsSpan(NonceSize, plain.Length), sealedBytes.AsSpan(NonceSize + plain.Length), lookup);
        return sealedBytes;
    }

    private static byte[] Open(AesGcm cipher, ReadOnlySpan<byte> sealedBytes, ReadOnlySpan<byte> lookup)
    {
        if (sealedBytes.Length < NonceSize + TagSize)
        {
            throw new CryptographicException("too short");
        }

        var plain = new byte[sealedBytes.Length - NonceSize - TagSize];
        cipher.Decrypt(
            sealedBytes[..NonceSize], sealedBytes.Slice(NonceSize, plain.Length), sealedBytes[(NonceSize + plain.Length)..], plain, lookup);
        return plain;
    }
}
