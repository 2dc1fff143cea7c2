using Gateway.Core.Log.Tree;

namespace Gateway.Stores.Tiles;

/// <summary>
/// A tiled log in a folder, as c2sp.org/tlog-tiles lays it out. Reads only; for concurrent use, also beside a
/// writer. Where a partial tile or bundle is gone because the full one is there, gives the first part of the full one.
/// </summary>
public sealed class FolderTiledLog(string folder) : ITiledLog
{
    /// <summary>Where it lies.</summary>
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is there and may not be read.</exception>
    public async ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken)
    {
        if (await FileAsync(resource, cancellationToken) is { } bytes)
        {
            return bytes;
        }

        return resource switch
        {
            { Kind: ResourceKind.Tile, Width: < TiledResource.FullWidth } =>
                await FileAsync(TiledResource.Tile(resource.Level, resource.Number), cancellationToken) is { } whole
                    ? whole[..Math.Min(whole.Length, resource.Width * MerkleHash.Size)] : null,
            { Kind: ResourceKind.Entries, Width: < TiledResource.FullWidth } =>
                await FileAsync(TiledResource.Entries(resource.Number), cancellationToken) is { } whole
                    ? EntryBundle.First(whole, resource.Width).ToArray() : null,
            _ => null,
        };
    }

    private async ValueTask<byte[]?> FileAsync(TiledResource resource, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(Path.Combine(Folder, resource.Path), cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
