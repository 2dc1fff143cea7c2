using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Notes;

/// <summary>
/// A proof that an entry is in a log, which needs neither log nor gateway to be checked: a file of c2sp.org/tlog-proof, the entry itself
/// in its <c>extra</c> line.
/// </summary>
/// <param name="Entry">The entry's exact bytes. Worth nothing before <see cref="IsIncludedIn"/>.</param>
/// <param name="Index">Its place in the log.</param>
/// <param name="Hashes">The inclusion proof, from the leaf's sibling up.</param>
/// <param name="Checkpoint">The signed checkpoint, with whatever cosignatures it has.</param>
public sealed record LogProof(ReadOnlyMemory<byte> Entry, long Index, ImmutableArray<MerkleHash> Hashes, SignedNote Checkpoint)
{
    private const string FirstLine = "c2sp.org/tlog-proof@v1";
    private const string ExtraLine = "extra ";
    private const string IndexLine = "index ";
    private const int MostHashes = 63;

    /// <summary>Parses a proof; false for anything else, also for one without an entry.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out LogProof? proof)
    {
        proof = null;
        var blank = bytes.IndexOf("\n\n"u8);
        if (blank < 0 || !SignedNote.TryParse(bytes[(blank + 2)..], out var note))
        {
            return false;
        }

        var lines = Encoding.UTF8.GetString(bytes[..blank]).Split('\n');
        if (lines.Length < 3 || lines.Length - 3 > MostHashes || lines[0] != FirstLine
            || !lines[1].StartsWith(ExtraLine, StringComparison.Ordinal) || !NoteVerifier.IsCanonical(lines[1][ExtraLine.Length..], out var entry)
            || !lines[2].StartsWith(IndexLine, StringComparison.Ordinal)
            || !long.TryParse(lines[2][IndexLine.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || lines[2][IndexLine.Length..] != index.ToString(CultureInfo.InvariantCulture))
        {
            return false;
        }

        var hashes = ImmutableArray.CreateBuilder<MerkleHash>(lines.Length - 3);
        foreach (var line in lines[3..])
        {
            if (!MerkleHash.TryParse(line, out var hash))
            {
                return false;
            }

            hashes.Add(hash);
        }

        proof = new LogProof(entry, index, hashes.ToImmutable(), note);
        return true;
    }

    /// <summary>True when the entry, hashed anew, is in the tree of this checkpoint: verify its signature before.</summary>
    public bool IsIncludedIn(Checkpoint checkpoint) =>
        MerkleProof.IsIncluded(MerkleHash.OfLeaf(Entry.Span), Index, checkpoint.Head, Hashes.AsSpan());

    /// <summary>The proof as it is stored and sent.</summary>
    public byte[] ToBytes() => Encoding.UTF8.GetBytes(ToString());

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{FirstLine}\n{ExtraLine}{Convert.ToBase64String(Entry.Span)}\n{IndexLine}{Index}\n{string.Concat(Hashes.Select(h => h + "\n"))}\n{Checkpoint}");
}
