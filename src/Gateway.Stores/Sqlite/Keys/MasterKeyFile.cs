using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>
/// The master key's file: one line, <c>gateway-master-key-v1:</c> and base64 of 32 bytes, mode 0600. Lies in the same folder as the
/// subject keys' store: SQLite syncs that folder when it makes its write-ahead log, so the key's name is durable before the first
/// subject key is.
/// </summary>
public static class MasterKeyFile
{
    private const string Prefix = "gateway-master-key-v1:";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, or makes it where the folder is new.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="subjectKeys">The store it protects: where that exists, a missing key is lost and never made anew.</param>
    /// <exception cref="StoreException">Missing though needed, readable by others, or not a key.</exception>
    public static MasterKey OpenOrCreate(string path, string subjectKeys)
    {
        if (!File.Exists(path))
        {
            if (File.Exists(subjectKeys))
            {
                throw new StoreException(
                    $"{path} is missing, but {subjectKeys} was made under it. Put the key back from its backup: without it no subject "
                    + "can be found again. Only if all subjects' pseudonyms may be lost, move the store away too.");
            }

            Create(path);
        }

        return Read(path);
    }

    private static MasterKey Read(string path)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) | OwnerOnly) != OwnerOnly)
            {
                throw new StoreException($"{path} can be read by others than its owner. Run: chmod 600 {path}");
            }

            var text = File.ReadAllText(path).TrimEnd();
            var key = new byte[MasterKey.Size];
            if (text.StartsWith(Prefix, StringComparison.Ordinal)
                && Convert.TryFromBase64String(text[Prefix.Length..], key, out var length) && length == MasterKey.Size)
            {
                return new MasterKey(key);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be read: {e.Message}", e);
        }

        throw new StoreException($"{path} is not a master key: it is damaged or another file. Put the key back from its backup.");
    }

    private static void Create(string path)
    {
        var unfinished = path + ".new";
        var line = Encoding.ASCII.GetBytes(Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKey.Size)) + "\n");
        try
        {
            File.Delete(unfinished);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = OwnerOnly;
            }

            using (var file = new FileStream(unfinished, options))
            {
                file.Write(line);
                file.Flush(flushToDisk: true);
            }

            // Whole or not there: and where two gateways start at once, the first one's key stays.
            File.Move(unfinished, path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!File.Exists(path))
            {
                throw new StoreException($"{path} cannot be made: {e.Message}", e);
            }
        }
    }
}
