using System.Globalization;
using Gateway.Core.Log.Notes;
using Gateway.Stores.Notes;

namespace Gateway.Witnessing;

/// <summary>
/// The last checkpoint that each witness cosigned, outside the log's databases: a file a witness, named after its key's id. What they say
/// the log held is compared with what it holds at each start.
/// </summary>
/// <param name="folder">The folder; exists.</param>
internal sealed class CosignedFiles(string folder)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the witness's is.</summary>
    public string PathOf(NoteVerifier witness) => Path.Combine(folder, witness.KeyId.ToString("x8", CultureInfo.InvariantCulture) + ".checkpoint");

    /// <summary>What the witness cosigned last, verified by its key; null where there is no file or it is not that.</summary>
    public PublishedCheckpoint? Read(NoteVerifier witness)
    {
        try
        {
            return File.Exists(PathOf(witness)) && SignedNote.TryParse(File.ReadAllBytes(PathOf(witness)), out var note)
                && Checkpoint.Verified(note, [witness]) is { } checkpoint
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
