using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Core.Subjects;

/// <summary>
/// A public key that signs assertions: P-256, for ES256 (RFC 7518). Written <c>es256:</c> and the SubjectPublicKeyInfo (DER) as base64url
/// without padding.
/// </summary>
public sealed class AssertionKey
{
    private const string Prefix = "es256:";

    /// <summary>The curve's OID, secp256r1.</summary>
    private const string P256 = "1.2.840.10045.3.1.7";

    private AssertionKey(string text, ECDsaSecurityKey key)
    {
        Text = text;
        Key = key;
    }

    /// <summary>As the contract writes it.</summary>
    public string Text { get; }

    /// <summary>The key, ready to verify with.</summary>
    internal ECDsaSecurityKey Key { get; }

    /// <summary>The text of a key.</summary>
    public static string TextOf(ECDsa key) => Prefix + Base64Url.EncodeToString(key.ExportSubjectPublicKeyInfo());

    /// <summary>Parses the one text of a key; false for any other curve, kind or spelling.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AssertionKey? key)
    {
        key = null;
        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var ecdsa = ECDsa.Create();
        try
        {
            ecdsa.ImportSubjectPublicKeyInfo(Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length)), out _);
            // Read back, the key has one spelling: no second form of the same key passes, and nothing may follow it.
            if (ecdsa.ExportParameters(includePrivateParameters: false).Curve is { IsNamed: true, Oid.Value: P256 } && TextOf(ecdsa) == text)
            {
                key = new AssertionKey(text, new ECDsaSecurityKey(ecdsa)
                {
                    // Verifiers prepared for this key alone: the library's own cache would mix keys that are equal but owned by others.
                    CryptoProviderFactory = new CryptoProviderFactory(),
                });
                return true;
            }
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            // Told by the result.
        }

        ecdsa.Dispose();
        return false;
    }

    public override string ToString() => Text;
}
