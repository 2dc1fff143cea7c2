using Gateway.Stores.Sqlite;

namespace Gateway.Stores.Notes;

/// <summary>
/// Small files that are there as a whole or not at all. Where folders cannot be synced, a loss of power may bring the file back as it was
/// before, never half of it: whoever needs the last one keeps it elsewhere too.
/// </summary>
internal static class WholeFile
{
    /// <summary>Writes beside the file, syncs, takes its place, and syncs the name.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="bytes">All of it.</param>
    /// <param name="mode">Unix permissions.</param>
    public static void Write(string path, ReadOnlySpan<byte> bytes, UnixFileMode mode)
    {
        var unfinished = path + ".new";
        File.Delete(unfinished);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var file = new FileStream(unfinished, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, path, overwrite: true);
        PrivateFile.SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
