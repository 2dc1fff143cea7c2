using Gateway.Core.Log.Tree;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>Entries of a tiled log by index, read bundle by bundle. What it gives is not verified.</summary>
internal sealed class EntryBundles(ITiledLog log, long size)
{
    private long _number = -1;
    private IReadOnlyList<ReadOnlyMemory<byte>> _entries = [];

    /// <summary>The entry's bytes; null where the log has lost it.</summary>
    public async ValueTask<byte[]?> FindAsync(long index, CancellationToken cancellationToken)
    {
        if (index / TiledResource.FullWidth != _number)
        {
            _number = index / TiledResource.FullWidth;
            var width = (int)Math.Min(TiledResource.FullWidth, size - (_number * TiledResource.FullWidth));
            _entries = await log.ReadAsync(TiledResource.Entries(_number, width), cancellationToken) is { } bundle ? EntryBundle.Read(bundle) : [];
        }

        var at = (int)(index % TiledResource.FullWidth);
        return at < _entries.Count && !_entries[at].IsEmpty ? _entries[at].ToArray() : null;
    }
}
