using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Stores.Notes;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>A checkpoint of this log, signed by one of its keys, and the file that keeps it.</summary>
internal sealed record KeptCheckpoint(PublishedCheckpoint Published, string Where)
{
    public long Size => Published.Checkpoint.Head.Size;

    /// <summary>Those of the tree's file and of files outside, the largest one last.</summary>
    /// <exception cref="StoreException">One of them is not signed by this log.</exception>
    public static IReadOnlyList<KeptCheckpoint> Of(SqliteTree tree, IEnumerable<CheckpointFile> files, LogIdentity identity) =>
        [.. files.Select(f => Of(f.Read(), f.Path, identity)).Prepend(Of(tree.Signed, tree.Path, identity)).OfType<KeptCheckpoint>().OrderBy(k => k.Size)];

    /// <summary>True when these tiles have the root that was signed.</summary>
    public async ValueTask<bool> HoldsAsync(ITiledLog tiles, CancellationToken cancellationToken) =>
        await new TreeReader(tiles, Size).RootAsync(cancellationToken) == Published.Checkpoint.Head.Root;

    private static KeptCheckpoint? Of(SignedNote? note, string where, LogIdentity identity)
    {
        if (note is null)
        {
            return null;
        }

        return identity.Verified(note) is { } checkpoint
            ? new KeptCheckpoint(new PublishedCheckpoint(note, checkpoint), where)
            : throw new StoreException(
                $"{where} holds a checkpoint that no key of this log has signed: it is another log's, it was changed, or the log's keys were. "
                + "Put back files that belong together.");
    }
}
