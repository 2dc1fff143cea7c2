using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Core.Identity;

/// <summary>SHA-256 of a certificate's SubjectPublicKeyInfo: names a key, whichever certificate carries it. Written <c>sha256:</c> and 64 hex digits.</summary>
public sealed class SpkiHash : IEquatable<SpkiHash>
{
    private const string Prefix = "sha256:";
    private readonly byte[] _bytes;
    private readonly int _hash;

    private SpkiHash(byte[] bytes)
    {
        _bytes = bytes;
        _hash = BitConverter.ToInt32(bytes, 0);
        Text = Prefix + Convert.ToHexStringLower(bytes);
    }

    /// <summary>The 32 bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary><c>sha256:…</c>, lower-case hex.</summary>
    public string Text { get; }

    /// <summary>The hash of the certificate's key.</summary>
    public static SpkiHash Of(X509Certificate2 certificate) =>
        new(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Parses <c>sha256:…</c> with 64 hex digits of any case.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SpkiHash? hash)
    {
        hash = null;
        var hex = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : "";
        if (hex.Length != 64 || !hex.All(char.IsAsciiHexDigit))
        {
            return false;
        }

        hash = new SpkiHash(Convert.FromHexString(hex));
        return true;
    }

    public bool Equals(SpkiHash? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    public override bool Equals(object? obj) => Equals(obj as SpkiHash);

    public override int GetHashCode() => _hash;

    public override string ToString() => Text;
}
