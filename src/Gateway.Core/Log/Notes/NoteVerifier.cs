using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Gateway.Core.Log.Notes;

/// <summary>
/// A public key that verifies signatures of notes, as c2sp.org/signed-note writes it: <c>NAME+KEYID+BASE64(TYPE ‖ KEY)</c>, a vkey.
/// Ed25519 of two types: <see cref="Ed25519"/>, and witnesses' <see cref="Cosignature"/>. Immutable.
/// </summary>
public sealed class NoteVerifier
{
    /// <summary>Signature over the note's text.</summary>
    public const byte Ed25519 = 0x01;

    /// <summary>Signature with its time over a checkpoint's text, c2sp.org/tlog-cosignature.</summary>
    public const byte Cosignature = 0x04;

    private readonly PublicKey _key;

    /// <param name="name">The key's name, well-formed.</param>
    /// <param name="type"><see cref="Ed25519"/> or <see cref="Cosignature"/>.</param>
    /// <param name="key">32 bytes, RFC 8032.</param>
    /// <exception cref="FormatException">These bytes are no public key.</exception>
    public NoteVerifier(string name, byte type, ReadOnlySpan<byte> key)
    {
        _key = PublicKey.TryImport(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.RawPublicKey, out var imported)
            ? imported!
            : throw new FormatException("These are not the 32 bytes of an Ed25519 key.");
        (Name, Type) = (name, type);
        KeyId = KeyIdOf(name, type, key);
    }

    /// <summary>The key's name; a log's is its origin.</summary>
    public string Name { get; }

    /// <summary>The signature's type.</summary>
    public byte Type { get; }

    /// <summary>First four bytes, big-endian, of SHA-256(name ‖ 0x0A ‖ type ‖ key): finds the signature, proves nothing.</summary>
    public uint KeyId { get; }

    /// <summary>Parses a vkey of one of the two types; false for anything else.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out NoteVerifier? verifier)
    {
        verifier = null;
        // Base64 may hold a plus, a name may not.
        var parts = text?.Split('+', 3) ?? [];
        if (parts.Length != 3 || !IsName(parts[0]) || !IsCanonical(parts[2], out var key) || key.Length != 33 || key[0] is not (Ed25519 or Cosignature))
        {
            return false;
        }

        try
        {
            var parsed = new NoteVerifier(parts[0], key[0], key.AsSpan(1));
            verifier = parts[1] == parsed.KeyIdText ? parsed : null;
        }
        catch (FormatException)
        {
            verifier = null;
        }

        return verifier is not null;
    }

    /// <summary>True when this key made the signature over the text.</summary>
    /// <param name="text">The note's text, with its last newline.</param>
    /// <param name="signature">The signature line's bytes after the key's id.</param>
    public bool Verify(string text, ReadOnlySpan<byte> signature)
    {
        if (Type == Ed25519)
        {
            return SignatureAlgorithm.Ed25519.Verify(_key, Encoding.UTF8.GetBytes(text), signature);
        }

        return TimeOf(signature) is { } time
            && SignatureAlgorithm.Ed25519.Verify(_key, Cosigned(text, time), signature[sizeof(ulong)..]);
    }

    /// <summary>When a cosignature says that it was made; null where these bytes are none.</summary>
    public static DateTimeOffset? TimeOf(ReadOnlySpan<byte> cosignature) =>
        cosignature.Length == sizeof(ulong) + SignatureAlgorithm.Ed25519.SignatureSize
        && BinaryPrimitives.ReadUInt64BigEndian(cosignature) is var seconds && seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds((long)seconds)
            : null;

    /// <summary>The vkey.</summary>
    public override string ToString() =>
        $"{Name}+{KeyIdText}+{Convert.ToBase64String([Type, .. _key.Export(KeyBlobFormat.RawPublicKey)])}";

    /// <summary>True when the text may name a key: not empty, no space, no plus, no control character.</summary>
    public static bool IsName(string name) => name.Length > 0 && !name.Any(c => c == '+' || char.IsWhiteSpace(c) || char.IsControl(c));

    /// <summary>What a cosignature signs.</summary>
    internal static byte[] Cosigned(string text, DateTimeOffset time) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {time.ToUnixTimeSeconds()}\n{text}"));

    /// <summary>Base64 in its one form; false for anything else.</summary>
    internal static bool IsCanonical(string base64, out byte[] bytes)
    {
        bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        if (!Convert.TryFromBase64String(base64, bytes, out var length))
        {
            return false;
        }

        Array.Resize(ref bytes, length);
        return Convert.ToBase64String(bytes) == base64;
    }

    private string KeyIdText => KeyId.ToString("x8", CultureInfo.InvariantCulture);

    private static uint KeyIdOf(string name, byte type, ReadOnlySpan<byte> key) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', type, .. key]));
}
