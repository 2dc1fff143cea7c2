using Gateway.Core.Log;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>Takes leaves out of the log, a block at a time, and appends their hashes to the tree. Of the tree's appending thread.</summary>
internal sealed class TreeGrowth(SqliteTree tree, ILogReader log)
{
    /// <summary>Leaves read at once.</summary>
    private const int Block = 1000;

    /// <summary>Full tiles that may wait for the next signature before they are made durable without one: 1 MiB.</summary>
    private const int MostUncommitted = 128;

    /// <summary>Appends what is there, up to a block; gives how many leaves.</summary>
    /// <exception cref="LogMismatchException">A leaf that must be there is not.</exception>
    public async ValueTask<int> AppendOnceAsync(CancellationToken cancellationToken)
    {
        var leaves = await log.ReadAsync(tree.Size, Block, cancellationToken);
        foreach (var leaf in leaves)
        {
            if (leaf.Index != tree.Size)
            {
                throw new LogMismatchException((await log.ReadAsync(0, limit: 1, cancellationToken))[0].Index > tree.Size
                    ? $"the log begins with entry {leaf.Index}, and the tree that held the hashes before it is gone: put the tree's file back from a copy"
                    : LogGap.LossBefore(leaf) is { } loss && loss.Entries.Start <= tree.Size
                    ? $"entry {tree.Size} was lost, as entry {leaf.Index} declares, and the tree that held its hash is gone: put the tree's file back from a copy"
                    : $"entry {tree.Size} is not in the log, though entry {leaf.Index} is: it was removed");
            }

            tree.Append(MerkleHash.OfLeaf(leaf.Bytes));
        }

        if (tree.Uncommitted >= MostUncommitted)
        {
            tree.Commit(signed: null);
        }

        if (leaves.Count == 0 && await log.GetHeadAsync(cancellationToken) is var head && head < tree.Size)
        {
            throw new LogMismatchException($"the log holds {head} entries, though it held {tree.Size}: it was put back or cut off");
        }

        return leaves.Count;
    }
}
