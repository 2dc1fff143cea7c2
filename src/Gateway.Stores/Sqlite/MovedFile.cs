using System.Runtime.InteropServices;
using SQLitePCL;

namespace Gateway.Stores.Sqlite;

/// <summary>Asks SQLite whether an open database is still the file of its name. What is written to one that is not is lost with the process.</summary>
internal static class MovedFile
{
    // SQLITE_FCNTL_HAS_MOVED.
    private const int HasMoved = 20;

    /// <summary>True when the file was moved, removed or replaced, and when nobody can tell. Costs one stat(2).</summary>
    public static bool Is(sqlite3 database)
    {
        var moved = 0;
        return FileControl(database.DangerousGetHandle(), 0, HasMoved, ref moved) != raw.SQLITE_OK || moved != 0;
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", ExactSpelling = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FileControl(IntPtr database, IntPtr schema, int operation, ref int result);
}
