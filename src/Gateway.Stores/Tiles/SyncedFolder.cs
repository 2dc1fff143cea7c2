using Gateway.Stores.Sqlite;

namespace Gateway.Stores.Tiles;

/// <summary>Writes whole files into a folder, for the owner alone. A reader sees the old file or the new one. Not for concurrent use.</summary>
internal sealed class SyncedFolder(string root)
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);

    /// <summary>Writes a file: its bytes are durable when this returns, its name after <see cref="Sync"/>.</summary>
    public void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var place = Path.Combine(root, path);
        MakeFolder(Path.GetDirectoryName(place)!);
        var beside = place + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        using (var file = new FileStream(beside, options))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(beside, place, overwrite: true);
        _touched.Add(Path.GetDirectoryName(place)!);
    }

    /// <summary>Makes the names of all that was written durable.</summary>
    public void Sync()
    {
        foreach (var folder in _touched)
        {
            PrivateFile.SyncFolder(folder);
        }

        _touched.Clear();
    }

    /// <summary>Deletes a folder with all in it; nothing where there is none.</summary>
    public void DeleteFolder(string path)
    {
        var place = Path.Combine(root, path);
        if (Directory.Exists(place))
        {
            Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>True when the folder has nothing of another name, or is not there yet.</summary>
    public bool HoldsOnly(params string[] names) =>
        !Directory.Exists(root) || Directory.EnumerateFileSystemEntries(root).All(e => names.Contains(Path.GetFileName(e).Replace(".new", "", StringComparison.Ordinal)));

    private void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            MakeFolder(parent);
            _touched.Add(parent);
        }

        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Owner | UnixFileMode.UserExecute);
        }
    }
}
