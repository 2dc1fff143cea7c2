using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Gateway.Core.Log.Notes;

/// <summary>
/// An Ed25519 key in memory that signs notes, or cosigns them as a witness does. Its text is the one that Go's <c>note</c> package
/// reads: <c>PRIVATE+KEY+NAME+KEYID+BASE64(TYPE ‖ SEED)</c>.
/// </summary>
public sealed class Ed25519Signer : INoteSigner, IDisposable
{
    private const string Prefix = "PRIVATE+KEY+";
    private const int SeedSize = 32;

    private readonly Key _key;
    private readonly TimeProvider _clock;
    private readonly byte[] _seed;

    private Ed25519Signer(string name, byte type, ReadOnlySpan<byte> seed, TimeProvider clock)
    {
        _key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        _clock = clock;
        _seed = seed.ToArray();
        Verifier = new NoteVerifier(name, type, _key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
    }

    public NoteVerifier Verifier { get; }

    /// <summary>A new key.</summary>
    /// <param name="name">Its name: a log's origin, a witness's name.</param>
    /// <param name="type"><see cref="NoteVerifier.Ed25519"/> or <see cref="NoteVerifier.Cosignature"/>.</param>
    /// <param name="clock">Tells a cosignature's time.</param>
    public static Ed25519Signer Generate(string name, byte type, TimeProvider clock) =>
        NoteVerifier.IsName(name)
            ? new Ed25519Signer(name, type, RandomNumberGenerator.GetBytes(SeedSize), clock)
            : throw new ArgumentException("A key's name is not empty and has no space and no plus.", nameof(name));

    /// <summary>Parses a key's text; false for anything else.</summary>
    public static bool TryParse(string text, TimeProvider clock, [NotNullWhen(true)] out Ed25519Signer? signer)
    {
        signer = null;
        var parts = text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split('+', 3) : [];
        if (parts.Length == 3 && NoteVerifier.IsName(parts[0]) && NoteVerifier.IsCanonical(parts[2], out var key)
            && key.Length == 1 + SeedSize && key[0] is NoteVerifier.Ed25519 or NoteVerifier.Cosignature)
        {
            signer = new Ed25519Signer(parts[0], key[0], key.AsSpan(1), clock);
            if (signer.Verifier.KeyId.ToString("x8", CultureInfo.InvariantCulture) != parts[1])
            {
                signer.Dispose();
                signer = null;
            }
        }

        return signer is not null;
    }

    public byte[] Sign(string text)
    {
        if (Verifier.Type == NoteVerifier.Ed25519)
        {
            return SignatureAlgorithm.Ed25519.Sign(_key, Encoding.UTF8.GetBytes(text));
        }

        var now = _clock.GetUtcNow();
        var cosignature = new byte[sizeof(ulong) + SignatureAlgorithm.Ed25519.SignatureSize];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(cosignature, now.ToUnixTimeSeconds());
        SignatureAlgorithm.Ed25519.Sign(_key, NoteVerifier.Cosigned(text, now), cosignature.AsSpan(sizeof(ulong)));
        return cosignature;
    }

    /// <summary>The key's text: a secret.</summary>
    public string ExportSecret() =>
        $"{Prefix}{Verifier.Name}+{Verifier.KeyId.ToString("x8", CultureInfo.InvariantCulture)}+{Convert.ToBase64String([Verifier.Type, .. _seed])}";

    /// <summary>The public key; never the secret.</summary>
    public override string ToString() => Verifier.ToString();

    public void Dispose()
    {
        _key.Dispose();
        CryptographicOperations.ZeroMemory(_seed);
    }
}
