using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Log.Notes;

namespace Gateway.Stores.Notes;

/// <summary>
/// The last checkpoint that each witness cosigned, outside the log's databases: a file a witness, named after its key's id. What they say
/// the log held is compared with what it holds at each start.
/// </summary>
/// <param name="folder">The folder; exists before the first write.</param>
/// <param name="witnesses">Whose files are read. Those of others stay, and say nothing.</param>
public sealed class CosignedFiles(string folder, ImmutableArray<NoteVerifier> witnesses)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the witness's is.</summary>
    public string PathOf(NoteVerifier witness) => Path.Combine(folder, witness.KeyId.ToString("x8", CultureInfo.InvariantCulture) + ".checkpoint");

    /// <summary>What each witness cosigned last of this log, verified by its key, with the file that tells it.</summary>
    public IEnumerable<(PublishedCheckpoint Cosigned, string Path)> ReadAll(string origin) =>
        witnesses.Select(w => (Read(w, origin)!, PathOf(w))).Where(f => f.Item1 is not null);

    /// <summary>What the witness cosigned last of this log, verified by its key; null where there is no file or it is not that.</summary>
    public PublishedCheckpoint? Read(NoteVerifier witness, string origin)
    {
        try
        {
            return File.Exists(PathOf(witness)) && SignedNote.TryParse(File.ReadAllBytes(PathOf(witness)), out var note)
                && Checkpoint.Verified(note, [witness]) is { } checkpoint && checkpoint.Origin == origin
                ? new PublishedCheckpoint(note, checkpoint)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps the note as the witness's last.</summary>
    /// <exception cref="IOException">It could not be written; the one before is still there.</exception>
    public void Write(NoteVerifier witness, SignedNote note) => WholeFile.Write(PathOf(witness), note.ToBytes(), Readable);
}
