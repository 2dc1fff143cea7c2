using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Stores.Erasure;

namespace Gateway.Stores.Tiles;

/// <summary>
/// The log's second place: a folder, better on another disk, that follows it, so that losing the first loses no evidence older than
/// seconds. Beside the tiles it holds who was forgotten. Not for concurrent use.
/// </summary>
/// <param name="folder">Where. It is there already: a volume that is not mounted must not be filled from anew.</param>
/// <param name="log">The log.</param>
/// <param name="identity">Whose checkpoints.</param>
/// <param name="forgotten">The log's own list of the forgotten's marks.</param>
public sealed class SecondPlace(string folder, ITiledLog log, LogIdentity identity, string forgotten)
{
    private readonly FolderTiledLog _copy = new(folder);
    private bool _hasBegun;

    /// <summary>Where.</summary>
    public string Folder { get; } = folder;

    /// <summary>
    /// At start, before anything is appended: the log must go on from what is here. Takes back forgets that the log's own list lacks.
    /// </summary>
    /// <param name="size">How many entries the log has, all of them in its tree.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StoreException">It does not; tells what, and what to do.</exception>
    public async Task CheckAsync(long size, CancellationToken cancellationToken)
    {
        if (await _copy.ReadAsync(TiledResource.Checkpoint, cancellationToken) is not { } bytes)
        {
            return;
        }

        if (!SignedNote.TryParse(bytes, out var note) || identity.Verified(note) is not { } kept)
        {
            throw new StoreException(
                $"{Folder} holds a checkpoint that no key of this log has signed: it is another log's second place, or it was changed. Name a folder of its own in Gateway__Log__Mirror.");
        }

        if (kept.Head.Size > size)
        {
            throw new StoreException(
                $"The log holds {size} entries, and its second place {Folder} holds {kept.Head.Size} that were signed: entries {size} to {kept.Head.Size - 1} are missing. "
                + $"An older copy of the data folder was put back. Put the newer one back, or take the entries from the second place: "
                + $"gateway log recover --data DIR --from {Folder} --reason TEXT");
        }

        var reader = new TreeReader(log, size);
        var head = new TreeHead(size, await reader.RootAsync(cancellationToken));
        if (!MerkleProof.IsConsistent(kept.Head, head, await reader.ConsistencyAsync(kept.Head.Size, cancellationToken)))
        {
            throw new StoreException(
                $"The log does not go on from the {kept.Head.Size} entries that its second place {Folder} holds: one of them was changed. Nothing is served. Keep both, they are "
                + $"evidence, and see where they differ: gateway log verify --data DIR --mirror {Folder} --reason TEXT");
        }

        Union(from: Path.Combine(Folder, "forgotten"), to: forgotten);
        _hasBegun = true;
    }

    /// <summary>Brings it up to the log's last checkpoint; gives that, or null before the first.</summary>
    /// <exception cref="TileCopyException">Log and copy do not go together.</exception>
    /// <exception cref="IOException">It cannot be read or written, or is not there.</exception>
    public async ValueTask<Checkpoint?> CopyAsync(CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Folder) || (_hasBegun && !File.Exists(Path.Combine(Folder, TiledResource.Checkpoint.Path))))
        {
            throw new IOException($"{Folder} is gone, or what was copied there: is its volume mounted?");
        }

        var copied = await new TileCopy(log, Folder, new LogTrust(identity.Verifiers)).RunAsync(cancellationToken);
        Union(from: forgotten, to: Path.Combine(Folder, "forgotten"));
        _hasBegun |= copied is not null;
        return copied;
    }

    // A forget is never taken back, so either list may only grow.
    private static void Union(string from, string to)
    {
        var missing = new ForgottenFile(from).Read().Except(new ForgottenFile(to).Read()).ToList();
        if (missing.Count > 0)
        {
            new ForgottenFile(to).Append(missing);
        }
    }
}
