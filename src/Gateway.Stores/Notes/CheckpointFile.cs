using Gateway.Core.Log.Notes;

namespace Gateway.Stores.Notes;

/// <summary>
/// The last signed checkpoint outside the log's databases, so that one that was put back from a copy is noticed. The tree's own file is
/// durable first: after a loss of power this one may be older, never newer.
/// </summary>
public sealed class CheckpointFile(string path)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where.</summary>
    public string Path { get; } = path;

    /// <summary>When it was last written; null where it is not there.</summary>
    public DateTimeOffset? Changed => File.Exists(Path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(Path)) : null;

    /// <summary>The note; null where there is no file. Its signatures are not verified.</summary>
    /// <exception cref="StoreException">The file is no note, or cannot be read.</exception>
    public SignedNote? Read()
    {
        try
        {
            if (!File.Exists(Path))
            {
                return null;
            }

            return SignedNote.TryParse(File.ReadAllBytes(Path), out var note)
                ? note
                : throw new StoreException(
                    $"{Path} is no signed checkpoint: it was changed or is damaged. Put it back from a copy; it tells whether the log is whole.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{Path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Keeps this note.</summary>
    /// <exception cref="IOException">It could not be written; the one before is still there.</exception>
    public void Write(SignedNote note) => WholeFile.Write(Path, note.ToBytes(), Readable);
}
