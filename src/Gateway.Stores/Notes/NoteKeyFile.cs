using System.Text;
using Gateway.Core.Log.Notes;

namespace Gateway.Stores.Notes;

/// <summary>
/// A file of keys that sign notes: one secret a line, as <see cref="Ed25519Signer"/> writes it, all of one name; mode 0600. The name is
/// the log's origin, or a witness's name.
/// </summary>
public static class NoteKeyFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the keys; each of them is the caller's to dispose.</summary>
    /// <exception cref="StoreException">Missing, readable by others, or not keys of one name.</exception>
    public static IReadOnlyList<Ed25519Signer> Read(string path, TimeProvider clock)
    {
        var keys = new List<Ed25519Signer>();
        foreach (var line in Lines(path))
        {
            if (!Ed25519Signer.TryParse(line, clock, out var key) || (keys.Count > 0 && keys[0].Verifier.Name != key.Verifier.Name))
            {
                throw new StoreException($"{path} is damaged: line {keys.Count + 1} is no signing key of the same name. Put the file back from its backup.");
            }

            keys.Add(key);
        }

        return keys.Count > 0 ? keys : throw new StoreException($"{path} holds no key. Put the file back from its backup.");
    }

    /// <summary>Writes the keys in the place of those that are there, whole or not at all.</summary>
    /// <exception cref="StoreException">The file cannot be written.</exception>
    public static void Write(string path, IEnumerable<Ed25519Signer> keys)
    {
        try
        {
            WholeFile.Write(path, Encoding.ASCII.GetBytes(string.Concat(keys.Select(k => k.ExportSecret() + "\n"))), OwnerOnly);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be made: {e.Message}", e);
        }
    }

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) | OwnerOnly) != OwnerOnly)
            {
                throw new StoreException($"{path} can be read by others than its owner. Run: chmod 600 {path}");
            }

            return File.ReadAllLines(path).Where(l => l.Length > 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be read: {e.Message}", e);
        }
    }
}
