using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Gateway.Core.Log.Notes;

/// <summary>
/// A text with signatures below it, as c2sp.org/signed-note lays it out. Immutable. The text is worth nothing before a signature of a
/// trusted key was verified.
/// </summary>
/// <param name="Text">The text with its last newline.</param>
/// <param name="Signatures">The signature lines, in order.</param>
public sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    /// <summary>The longest note that is read, bytes: far more than 16 signatures take.</summary>
    public const int MaxLength = 128 * 1024;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Signs a text with each of these keys.</summary>
    public static SignedNote Sign(string text, IEnumerable<INoteSigner> signers) =>
        new(text, [.. signers.Select(s => new NoteSignature(s.Verifier.Name, s.Verifier.KeyId, [.. s.Sign(text)]))]);

    /// <summary>Parses a note; false for anything that is none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedNote? note)
    {
        note = null;
        string whole;
        try
        {
            whole = bytes.Length <= MaxLength ? s_strict.GetString(bytes) : "";
        }
        catch (DecoderFallbackException)
        {
            return false;
        }

        // The last empty line divides text and signatures.
        var blank = whole.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 0 || !whole.EndsWith('\n') || whole.Any(c => c < ' ' && c != '\n'))
        {
            return false;
        }

        var signatures = ParseSignatures(whole[(blank + 2)..]);
        note = signatures is { IsEmpty: false } found ? new SignedNote(whole[..(blank + 1)], found) : null;
        return note is not null;
    }

    /// <summary>Parses signature lines alone, as a witness answers them; null where a line is none.</summary>
    public static ImmutableArray<NoteSignature>? ParseSignatures(string lines)
    {
        var signatures = ImmutableArray.CreateBuilder<NoteSignature>();
        foreach (var line in lines.Split('\n', StringSplitOptions.None)[..^1])
        {
            if (NoteSignature.TryParse(line) is not { } signature)
            {
                return null;
            }

            signatures.Add(signature);
        }

        return lines.EndsWith('\n') || lines.Length == 0 ? signatures.ToImmutable() : null;
    }

    /// <summary>
    /// Which of these keys have signed the text. A signature of one of them that does not verify makes the whole note worthless: none
    /// have. Signatures of others are ignored.
    /// </summary>
    public IReadOnlyList<NoteVerifier> VerifiedBy(IReadOnlyCollection<NoteVerifier> trusted)
    {
        var verified = new List<NoteVerifier>();
        foreach (var signature in Signatures)
        {
            foreach (var key in trusted.Where(k => k.Name == signature.Name && k.KeyId == signature.KeyId))
            {
                if (!key.Verify(Text, signature.Signature.AsSpan()))
                {
                    return [];
                }

                verified.Add(key);
            }
        }

        return verified;
    }

    /// <summary>The same note with these signatures too; one that is there already, of the same key, is replaced.</summary>
    public SignedNote With(IEnumerable<NoteSignature> more)
    {
        var added = more.ToList();
        return this with
        {
            Signatures = [.. Signatures.Where(s => !added.Any(a => a.Name == s.Name && a.KeyId == s.KeyId)), .. added],
        };
    }

    /// <summary>The note as it is stored and sent.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() => $"{Text}\n{string.Concat(Signatures.Select(s => s + "\n"))}";
}

/// <summary>A signature line.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="KeyId">The key's id.</param>
/// <param name="Signature">What follows the id.</param>
public sealed record NoteSignature(string Name, uint KeyId, ImmutableArray<byte> Signature)
{
    private const string Dash = "\u2014 ";

    public override string ToString()
    {
        var bytes = new byte[sizeof(uint) + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, KeyId);
        Signature.CopyTo(bytes, sizeof(uint));
        return $"{Dash}{Name} {Convert.ToBase64String(bytes)}";
    }

    internal static NoteSignature? TryParse(string line)
    {
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        return parts.Length == 2 && NoteVerifier.IsName(parts[0]) && NoteVerifier.IsCanonical(parts[1], out var bytes) && bytes.Length > sizeof(uint)
            ? new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(bytes), [.. bytes[sizeof(uint)..]])
            : null;
    }
}
