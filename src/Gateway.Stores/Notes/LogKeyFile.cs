using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log.Notes;

namespace Gateway.Stores.Notes;

/// <summary>
/// The keys that sign the log's checkpoints, and beside them, for everybody to read, their public halves. Made once, together with the
/// log's origin; never made anew where something was signed already.
/// </summary>
/// <param name="path">The secrets: one a line.</param>
/// <param name="published">The vkeys: one a line.</param>
public sealed class LogKeyFile(string path, string published)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Where the secrets are.</summary>
    public string Path { get; } = path;

    /// <summary>Reads the keys, or makes one for a log that has signed nothing yet.</summary>
    /// <param name="origin">What the settings name; null where they leave it to the file.</param>
    /// <param name="signedBefore">What has a checkpoint of this log; null where nothing has.</param>
    /// <param name="clock">Not used by signatures of a log; cosignatures tell its time.</param>
    /// <exception cref="StoreException">Lost though needed, of another origin, readable by others, or damaged.</exception>
    public LogIdentity OpenOrCreate(string? origin, string? signedBefore, TimeProvider clock)
    {
        if (!File.Exists(Path))
        {
            if (signedBefore is not null)
            {
                throw new StoreException(
                    $"{Path} is missing, but {signedBefore} holds a checkpoint that was signed with it. Put the key back from its backup: "
                    + "another key would make another log of it. Only if nobody holds the log to its earlier checkpoints, move "
                    + $"{signedBefore} away too: a new key and a new origin are then made.");
            }

            using var made = Ed25519Signer.Generate(origin ?? NewOrigin(), NoteVerifier.Ed25519, clock);
            NoteKeyFile.Write(Path, [made]);
        }

        var keys = NoteKeyFile.Read(Path, clock);
        var identity = new LogIdentity(keys[0].Verifier.Name, [.. keys]);
        if (origin is not null && origin != identity.Origin)
        {
            throw new StoreException(
                $"Gateway__Log__Origin is {origin}, but the log of {Path} has the origin {identity.Origin}. A log keeps its origin for life: "
                + $"set Gateway__Log__Origin to {identity.Origin}, or leave it out.");
        }

        Publish(identity.Verifiers);
        return identity;
    }

    /// <summary>Writes the public halves.</summary>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public void Publish(IEnumerable<NoteVerifier> keys)
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(keys.Select(k => k + "\n")));
        try
        {
            if (!File.Exists(published) || !File.ReadAllBytes(published).AsSpan().SequenceEqual(text))
            {
                WholeFile.Write(published, text, Readable);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{published} cannot be made: {e.Message}", e);
        }
    }

    // .invalid is nobody's (RFC 2606), and twelve random digits are no other gateway's.
    private static string NewOrigin() => $"gateway.invalid/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6))}";
}
