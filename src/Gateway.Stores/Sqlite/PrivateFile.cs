using System.Runtime.InteropServices;

namespace Gateway.Stores.Sqlite;

/// <summary>Files for the gateway's user alone. An empty one is a new database to SQLite, and its -wal and -shm take its mode.</summary>
public static class PrivateFile
{
    /// <summary>Makes an empty file, 0600 from its first byte on, where there is none.</summary>
    public static void Ensure(string path)
    {
        if (!File.Exists(path))
        {
            Open(path).Dispose();
        }
    }

    /// <summary>Opens a file for reading and writing, unbuffered, or makes it with mode 0600.</summary>
    internal static FileStream Open(string path, FileShare share = FileShare.ReadWrite)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Makes the names in a folder durable: a new file's bytes can survive a loss of power while its name does not.</summary>
    /// <exception cref="IOException">They are not.</exception>
    internal static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // .NET opens no folders.
        var descriptor = OpenFolder(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"{folder} cannot be opened to be synced");
        }

        var failed = Sync(descriptor) != 0;
        _ = Close(descriptor);
        if (failed)
        {
            throw new IOException($"{folder} cannot be synced");
        }
    }

    [DllImport("libc", EntryPoint = "open", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenFolder([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
