using System.Buffers;
using Gateway.Core.Log;
using Gateway.Core.Log.Tree;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>
/// The running log as a tiled log: hashes out of its tree, entries and scopes out of the log itself, tiles of any width. Gives what is
/// durable, signed or not. Safe for concurrent use.
/// </summary>
public sealed class StoreTiledLog(SqliteTree tree, ILogReader log) : ITiledLog
{
    public async ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) => resource.Kind switch
    {
        ResourceKind.Checkpoint => tree.Signed?.ToBytes(),
        ResourceKind.Tile => await tree.ReadAsync(resource, cancellationToken),
        ResourceKind.Entries => await ReadEntriesAsync(resource, cancellationToken),
        _ => await log.FindScopeAsync(resource.ScopeHash.ToBytes(), cancellationToken),
    };

    // An entry that was lost or pruned leaves its place empty; a bundle of nothing else is not there.
    private async ValueTask<byte[]?> ReadEntriesAsync(TiledResource resource, CancellationToken cancellationToken)
    {
        if (resource.Number > long.MaxValue / TiledResource.FullWidth - 1)
        {
            return null;
        }

        var next = resource.Number * TiledResource.FullWidth;
        var end = next + resource.Width;
        if (end > tree.Committed)
        {
            return null;
        }

        var bundle = new ArrayBufferWriter<byte>();
        var isThere = false;
        foreach (var leaf in (await log.ReadAsync(next, resource.Width, cancellationToken)).TakeWhile(l => l.Index < end))
        {
            Skip(leaf.Index);
            EntryBundle.Append(bundle, leaf.Bytes);
            next++;
            isThere = true;
        }

        Skip(end);
        return isThere ? bundle.WrittenSpan.ToArray() : null;

        void Skip(long to)
        {
            for (; next < to; next++)
            {
                EntryBundle.Append(bundle, []);
            }
        }
    }
}
