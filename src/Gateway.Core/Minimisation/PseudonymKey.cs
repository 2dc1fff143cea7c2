using System.Security.Cryptography;

namespace Gateway.Core.Minimisation;

/// <summary>
/// The key under which one partner's <c>pseudonym</c> fields of one domain are made. Two partners, and two domains of one, have two keys,
/// so that what is held under them cannot be joined; a new key gives a partner new pseudonyms.
/// </summary>
public sealed class PseudonymKey
{
    /// <summary>Length of a key, bytes.</summary>
    public const int Size = 32;

    private readonly byte[] _key;

    /// <param name="key">32 random bytes.</param>
    public PseudonymKey(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, Size, nameof(key));
        _key = key.ToArray();
    }

    internal void Hash(ReadOnlySpan<byte> input, Span<byte> hash) => HMACSHA256.HashData(_key, input, hash);

    /// <summary>Never the key.</summary>
    public override string ToString() => nameof(PseudonymKey);
}
