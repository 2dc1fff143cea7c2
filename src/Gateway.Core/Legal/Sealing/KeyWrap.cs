using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Gateway.Core.Legal.Sealing;

/// <summary>Wraps one AES-256 key under another key: RFC 3394 and, for passphrases, RFC 3211.</summary>
internal static class KeyWrap
{
    private const int Block = 8;
    private const int CipherBlock = 16;
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;

    /// <summary>AES key wrap, RFC 3394: 40 bytes for a key of 32.</summary>
    public static byte[] Aes(byte[] wrapping, ReadOnlySpan<byte> key)
    {
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = wrapping;
        var wrapped = new byte[key.Length + Block];
        key.CopyTo(wrapped.AsSpan(Block));
        Span<byte> block = stackalloc byte[CipherBlock];
        var check = InitialValue;
        var blocks = key.Length / Block;
        for (var step = 0; step < 6; step++)
        {
            for (var i = 1; i <= blocks; i++)
            {
                BinaryPrimitives.WriteUInt64BigEndian(block, check);
                wrapped.AsSpan(i * Block, Block).CopyTo(block[Block..]);
                aes.EncryptEcb(block, block, PaddingMode.None);
                check = BinaryPrimitives.ReadUInt64BigEndian(block) ^ (ulong)((step * blocks) + i);
                block[Block..].CopyTo(wrapped.AsSpan(i * Block));
            }
        }

        BinaryPrimitives.WriteUInt64BigEndian(wrapped, check);
        return wrapped;
    }

    /// <summary>The wrap of CMS's password recipients, RFC 3211 section 2.3.1: length, check bytes, key, padding; AES-256-CBC twice.</summary>
    public static byte[] Password(byte[] wrapping, byte[] iv, ReadOnlySpan<byte> key)
    {
        var plain = new byte[(key.Length + 4 + CipherBlock - 1) / CipherBlock * CipherBlock];
        RandomNumberGenerator.Fill(plain);
        plain[0] = (byte)key.Length;
        for (var i = 0; i < 3; i++)
        {
            plain[i + 1] = (byte)~key[i];
        }

        key.CopyTo(plain.AsSpan(4));
        using var aes = System.Security.Cryptography.Aes.Create();
        aes.Key = wrapping;
        var once = aes.EncryptCbc(plain, iv, PaddingMode.None);
        CryptographicOperations.ZeroMemory(plain);
        return aes.EncryptCbc(once, once.AsSpan(once.Length - CipherBlock), PaddingMode.None);
    }
}
