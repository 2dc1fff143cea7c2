using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Core.Minimisation;

/// <summary>
/// <c>pseudonym</c>: HMAC-SHA256 under the partner's key over a label, the leaf's category and the text in UTF-8, its first 16 bytes as
/// 22 characters of base64url (RFC 4648 §5, no padding). The same text under the same category gives the same pseudonym in every record,
/// so that the partner can join them; under another category, or for another partner, an unrelated one. Empty stays empty.
/// </summary>
internal sealed class PartnerPseudonyms(PseudonymKey key, string category)
{
    private const int PseudonymBytes = 16;

    // No category holds a zero byte, so no two (category, text) pairs give one input.
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes($"gateway pseudonym v1\0{category}\0");

    public string Of(string text)
    {
        if (text.Length == 0)
        {
            return "";
        }

        var size = _prefix.Length + Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> input = size <= 1024 ? stackalloc byte[1024] : new byte[size];
        _prefix.CopyTo(input);
        size = _prefix.Length + Encoding.UTF8.GetBytes(text, input[_prefix.Length..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        key.Hash(input[..size], hash);
        return Base64Url.EncodeToString(hash[..PseudonymBytes]);
    }
}
