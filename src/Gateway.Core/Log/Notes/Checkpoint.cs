using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Gateway.Core.Log.Tree;

namespace Gateway.Core.Log.Notes;

/// <summary>What a log commits to, as c2sp.org/tlog-checkpoint writes it: origin, size, root, each on a line.</summary>
/// <param name="Origin">The log's identity.</param>
/// <param name="Head">Size and root.</param>
public sealed record Checkpoint(string Origin, TreeHead Head)
{
    /// <summary>The text that is signed.</summary>
    public string Text => string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Head.Size}\n{Head.Root}\n");

    /// <summary>Parses a note's text; false for anything else. Extension lines are allowed and mean nothing.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Checkpoint? checkpoint)
    {
        var lines = text.Split('\n');
        checkpoint = lines.Length >= 4 && lines[^1].Length == 0 && lines[..^1].All(l => l.Length > 0)
            && long.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            && lines[1] == size.ToString(CultureInfo.InvariantCulture)
            && MerkleHash.TryParse(lines[2], out var root)
            ? new Checkpoint(lines[0], new TreeHead(size, root))
            : null;
        return checkpoint is not null;
    }

    /// <summary>
    /// The checkpoint of a note that at least one of these keys has signed and none has signed wrongly; null for any other.
    /// </summary>
    public static Checkpoint? Verified(SignedNote note, IReadOnlyCollection<NoteVerifier> trusted) =>
        note.VerifiedBy(trusted).Count > 0 && TryParse(note.Text, out var checkpoint) ? checkpoint : null;
}
