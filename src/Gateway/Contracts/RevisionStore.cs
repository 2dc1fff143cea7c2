using Gateway.Core.Contracts;

namespace Gateway.Contracts;

/// <summary>
/// Keeps the exact bytes of each revision that was in force, one folder a revision, named by it. Written beside and renamed into
/// place; verified when read. The file <c>in-force</c> names the last one.
/// </summary>
internal sealed class RevisionStore(string folder)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const int ShortestPrefix = 6;

    private string InForceFile => Path.Combine(folder, "in-force");

    /// <summary>The revision last marked as in force; null where none was.</summary>
    public string? LastInForce => File.Exists(InForceFile) && File.ReadAllText(InForceFile).Trim() is var text && Revision.IsWellFormed(text)
        ? text : null;

    /// <summary>Every revision kept, the newest first.</summary>
    public IReadOnlyList<string> List() => !Directory.Exists(folder) ? [] :
        [.. new DirectoryInfo(folder).EnumerateDirectories().Where(d => Revision.IsWellFormed(d.Name))
            .OrderByDescending(d => d.LastWriteTimeUtc).ThenBy(d => d.Name, StringComparer.Ordinal).Select(d => d.Name)];

    /// <summary>The one revision kept that begins with this; null where there is none, or more than one.</summary>
    public string? Find(string prefix)
    {
        var found = prefix.Length < ShortestPrefix ? [] : List().Where(r => r.StartsWith(prefix, StringComparison.Ordinal)).Take(2).ToArray();
        return found.Length == 1 ? found[0] : null;
    }

    /// <summary>Keeps the files of a revision, durable when this completes.</summary>
    /// <returns>The revision.</returns>
    public async Task<string> SaveAsync(IReadOnlyList<ContractFile> files, CancellationToken cancellationToken)
    {
        var revision = Revision.Of(files);
        var place = Path.Combine(folder, revision);
        if (Directory.Exists(place))
        {
            return revision;
        }

        MakeDirectory(folder);
        var beside = Path.Combine(folder, $".{revision}-{Guid.NewGuid():N}");
        MakeDirectory(beside);
        foreach (var file in Revision.Parts(files))
        {
            await WriteAsync(Path.Combine(beside, file.Name), file.Bytes, cancellationToken);
        }

        try
        {
            Directory.Move(beside, place);
        }
        catch (IOException) when (Directory.Exists(place))
        {
            // Another process kept the same bytes first.
            Directory.Delete(beside, recursive: true);
        }

        return revision;
    }

    /// <summary>Notes which revision is in force.</summary>
    public async Task MarkInForceAsync(string revision, CancellationToken cancellationToken)
    {
        MakeDirectory(folder);
        var beside = InForceFile + ".new";
        await WriteAsync(beside, System.Text.Encoding.ASCII.GetBytes(revision + "\n"), cancellationToken);
        File.Move(beside, InForceFile, overwrite: true);
    }

    /// <summary>The files of a revision.</summary>
    /// <exception cref="InvalidDataException">The files kept are not those of the revision: somebody changed them.</exception>
    /// <exception cref="DirectoryNotFoundException">The revision is not kept.</exception>
    public async Task<IReadOnlyList<ContractFile>> ReadAsync(string revision, CancellationToken cancellationToken)
    {
        var files = new List<ContractFile>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, revision)).Order(StringComparer.Ordinal))
        {
            files.Add(new ContractFile(Path.GetFileName(file), await File.ReadAllBytesAsync(file, cancellationToken)));
        }

        return Revision.Of(files) == revision
            ? files
            : throw new InvalidDataException($"{Path.Combine(folder, revision)} does not hold the bytes of that revision: it was changed after it was kept");
    }

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var stream = new FileStream(path, options);
        await stream.WriteAsync(bytes, cancellationToken);
        stream.Flush(flushToDisk: true);
    }

    private static void MakeDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, Private);
        }
    }
}
