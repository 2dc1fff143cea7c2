using Gateway.Core.Contracts;

namespace Gateway.Contracts;

/// <summary>
/// The folder of policy, contracts and staff. Read as one: the whole is read until two readings in a row agree, so that a swap of
/// symbolic links or a file being written does not mix two states.
/// </summary>
internal sealed class ContractFolder(string path, TimeProvider clock)
{
    private const int MostReadings = 20;
    private static readonly TimeSpan s_between = TimeSpan.FromMilliseconds(25);

    /// <summary>The folder as configured; may be a symbolic link.</summary>
    public string Path => path;

    /// <summary>Every file that counts, by name.</summary>
    /// <exception cref="IOException">The folder cannot be read, or does not stop changing.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or a file may not be read.</exception>
    public async Task<IReadOnlyList<ContractFile>> ReadAsync(CancellationToken cancellationToken)
    {
        var before = await ReadOnceAsync(cancellationToken);
        for (var i = 1; i < MostReadings; i++)
        {
            var now = await ReadOnceAsync(cancellationToken);
            if (Same(before, now))
            {
                return now;
            }

            before = now;
            await Task.Delay(s_between, clock, cancellationToken);
        }

        throw new IOException($"{path} does not stop changing");
    }

    private async Task<List<ContractFile>> ReadOnceAsync(CancellationToken cancellationToken)
    {
        // Resolved first, so that all files come from one target of a link that may be swapped at any moment.
        var folder = Directory.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var files = new List<ContractFile>();
        foreach (var file in Directory.EnumerateFiles(folder).Where(Counts).Order(StringComparer.Ordinal))
        {
            files.Add(new ContractFile(System.IO.Path.GetFileName(file), await ReadFileAsync(file, cancellationToken)));
        }

        return files;
    }

    // Hidden files are editors' and volume managers'. *.yml counts, so that it is refused and not silently left out.
    private static bool Counts(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        return name[0] != '.' && (name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase));
    }

    // One byte more than allowed is enough for the compiler to refuse the file.
    private static async Task<byte[]> ReadFileAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        var bytes = new byte[Math.Min(stream.Length, ContractFile.MaxBytes + 1)];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return bytes[..read];
    }

    private static bool Same(List<ContractFile> one, List<ContractFile> other) =>
        one.Count == other.Count
        && one.Zip(other).All(p => p.First.Name == p.Second.Name && p.First.Bytes.Span.SequenceEqual(p.Second.Bytes.Span));
}
