using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Witnesses;

/// <summary>
/// What a log asks a witness, the body of c2sp.org/tlog-witness <c>add-checkpoint</c>: cosign this checkpoint, which goes on from the one
/// of <paramref name="OldSize"/> leaves, and here is the proof. Nothing in it is verified by being parsed.
/// </summary>
/// <param name="OldSize">Leaves of the checkpoint that the witness is thought to have cosigned last; 0 for none.</param>
/// <param name="Proof">Consistency proof from there.</param>
/// <param name="Note">The signed checkpoint as sent.</param>
/// <param name="Checkpoint">What the note's text says.</param>
public sealed record AddCheckpoint(long OldSize, ImmutableArray<MerkleHash> Proof, SignedNote Note, Checkpoint Checkpoint)
{
    /// <summary>Below the witness's prefix.</summary>
    public const string Path = "add-checkpoint";

    /// <summary>Media type of the answer 409: the size that the witness cosigned last, and a newline.</summary>
    public const string SizeType = "text/x.tlog.size";

    /// <summary>The longest body that is read, bytes.</summary>
    public const int MaxLength = SignedNote.MaxLength + (MostHashes * 45) + 32;

    private const int MostHashes = 63;
    private const string OldLine = "old ";

    /// <summary>Parses a body; false for anything else, also where a number or a hash is not in its one form.</summary>
    public static bool TryParse(ReadOnlySpan<byte> body, [NotNullWhen(true)] out AddCheckpoint? request)
    {
        request = null;
        var blank = body.IndexOf("\n\n"u8);
        if (blank < 0 || !SignedNote.TryParse(body[(blank + 2)..], out var note) || !Checkpoint.TryParse(note.Text, out var checkpoint))
        {
            return false;
        }

        var lines = Encoding.UTF8.GetString(body[..blank]).Split('\n');
        if (lines.Length - 1 > MostHashes || !lines[0].StartsWith(OldLine, StringComparison.Ordinal) || !TryParseSize(lines[0][OldLine.Length..], out var old))
        {
            return false;
        }

        var proof = ImmutableArray.CreateBuilder<MerkleHash>(lines.Length - 1);
        foreach (var line in lines.AsSpan(1))
        {
            if (!MerkleHash.TryParse(line, out var hash))
            {
                return false;
            }

            proof.Add(hash);
        }

        request = new AddCheckpoint(old, proof.ToImmutable(), note, checkpoint);
        return true;
    }

    /// <summary>A size in decimal, without zeroes too many; false for anything else.</summary>
    public static bool TryParseSize(string text, out long size) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && text == size.ToString(CultureInfo.InvariantCulture);

    /// <summary>The body as it is sent.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture, $"{OldLine}{OldSize}\n{string.Concat(Proof.Select(h => h + "\n"))}\n{Note}"));
}
