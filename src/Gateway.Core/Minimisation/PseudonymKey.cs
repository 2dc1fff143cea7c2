using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Minimisation;

/// <summary>
/// The key under which one partner's <c>pseudonym</c> fields are made. Two partners have two keys, so that what they hold cannot be
/// joined; a new key gives a partner new pseudonyms.
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

    /// <summary>The key of a partner under the gateway's master key: HMAC-SHA256 over a fixed label and the partner's id.</summary>
    /// <param name="master">The gateway's own, at least 32 random bytes.</param>
    /// <param name="partner">The partner's id.</param>
    public static PseudonymKey ForPartner(ReadOnlySpan<byte> master, string partner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(master.Length, Size, nameof(master));
        return new PseudonymKey(HMACSHA256.HashData(master, Encoding.UTF8.GetBytes($"gateway partner pseudonym key v1\0{partner}")));
    }

    internal void Hash(ReadOnlySpan<byte> input, Span<byte> hash) => HMACSHA256.HashData(_key, input, hash);

    /// <summary>Never the key.</summary>
    public override string ToString() => nameof(PseudonymKey);
}
