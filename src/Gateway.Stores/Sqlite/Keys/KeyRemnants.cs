using Microsoft.Win32.SafeHandles;

namespace Gateway.Stores.Sqlite.Keys;

/// <summary>
/// Looks for what was deleted in the bytes of the store's file. SQLite's <c>secure_delete</c> overwrites a deleted row where it stood, but
/// not the copies that moving rows between pages has left in unused parts of pages: about one row in a thousand has one. Used by one
/// thread.
/// </summary>
/// <remarks>
/// The file stays open as long as the store's: closing any handle of a file gives up the locks that SQLite holds on it in this process
/// (POSIX <c>fcntl</c>). Dispose it after the connection.
/// </remarks>
internal sealed class KeyRemnants(string path) : IDisposable
{
    private const int Block = 1 << 20;

    /// <summary>Longer than anything looked for.</summary>
    private const int Overlap = 4096;

    private readonly SafeFileHandle _file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    private readonly byte[] _buffer = new byte[Overlap + Block];

    /// <summary>True when one of <paramref name="values"/> is anywhere in the file. The write-ahead log is not looked at: empty it first.</summary>
    public bool HoldAny(IReadOnlyList<byte[]> values)
    {
        var kept = 0;
        for (long at = 0; ;)
        {
            var read = RandomAccess.Read(_file, _buffer.AsSpan(kept, Block), at);
            if (read == 0)
            {
                return false;
            }

            var seen = _buffer.AsSpan(0, kept + read);
            foreach (var value in values)
            {
                if (seen.IndexOf(value) >= 0)
                {
                    return true;
                }
            }

            at += read;
            kept = Math.Min(Overlap, seen.Length);
            seen[^kept..].CopyTo(_buffer);
        }
    }

    public void Dispose() => _file.Dispose();
}
