using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Notes;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Log.Tree;

/// <summary>
/// Makes a log go on that is shorter than what was signed, while no gateway runs on it: puts back what a second place still has, each entry
/// verified against a signed checkpoint before it is written, and where asked names the rest as lost for ever. The log never goes on
/// before the end of what was signed, so no checkpoint is ever signed that contradicts an earlier one.
/// </summary>
public sealed class LogRecovery : IDisposable
{
    private readonly LogFile _file;
    private readonly SqliteLogReader _log;
    private readonly SqliteTree _tree;
    private readonly CheckpointFile _checkpoint;
    private readonly LogIdentity _identity;
    private readonly IReadOnlyList<CheckpointFile> _others;

    private LogRecovery(
        LogFile file, string log, SqliteTree tree, CheckpointFile checkpoint, LogIdentity identity, IReadOnlyList<CheckpointFile> others)
    {
        (_file, _tree, _checkpoint, _identity, _others) = (file, tree, checkpoint, identity, others);
        _log = SqliteLogReader.Open(log);
    }

    /// <summary>Opens the log, or makes an empty one where it is gone.</summary>
    /// <param name="log">The log's file.</param>
    /// <param name="tree">Its tree.</param>
    /// <param name="checkpoint">The checkpoint outside the databases.</param>
    /// <param name="identity">Whose checkpoints count.</param>
    /// <param name="others">Further files that hold checkpoints of this log: those that witnesses cosigned.</param>
    /// <exception cref="StoreException">A gateway has it open, or it cannot be written.</exception>
    public static LogRecovery Open(string log, SqliteTree tree, CheckpointFile checkpoint, LogIdentity identity, IReadOnlyList<CheckpointFile> others)
    {
        var file = LogFile.Open(log, new SqliteLogOptions().ReserveBytes);
        try
        {
            return new LogRecovery(file, log, tree, checkpoint, identity, others);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Recovers. What is refused has changed nothing.</summary>
    /// <param name="second">A second place to take lost entries from, or null.</param>
    /// <param name="declareLoss">Whether what stays missing is to be declared lost.</param>
    /// <param name="entry">Makes the entry of an act; its act's target and checkpoint are set here.</param>
    /// <param name="cancellationToken">Ends it before anything is written.</param>
    /// <exception cref="StoreException">Nothing is missing, or it cannot be done; tells why.</exception>
    public async Task<RecoveredLog> RunAsync(
        ITiledLog? second, bool declareLoss, Func<string, string, string, Entry> entry, CancellationToken cancellationToken)
    {
        var kept = KeptCheckpoint.Of(_tree, [_checkpoint, .. _others], _identity);
        var last = kept.Count > 0 ? kept[^1] : null;
        await CheckPresentAsync(kept, cancellationToken);
        var source = second is null ? null : await OpenSecondAsync(second, cancellationToken);
        var end = Math.Max(_tree.Size, Math.Max(last?.Size ?? 0, source?.Size ?? 0));
        var missing = Missing(end);
        var found = source is null ? [] : await FetchAsync(second!, source, missing, end, kept, cancellationToken);
        if (_file.Head >= end && found.Count == 0)
        {
            throw new StoreException(missing.Count == 0 || second is null
                ? "The log holds every entry that was signed and not declared lost. Nothing was changed."
                : "The second place has none of the entries that are missing. Nothing was changed.");
        }

        var lost = Math.Max(_file.Head, found.Count > 0 ? found[^1].Index + 1 : 0);
        if (lost < end && !declareLoss)
        {
            throw new StoreException($"{(second is null ? "" : "The second place does not have all: ")}entries {LogGap.Target(new TreeRange(lost, end))} stay missing. Nothing was changed. "
                + "Name another place with --from, or declare them lost with --declare-loss.");
        }

        if (lost < end && _tree.Size < end)
        {
            throw new StoreException(
                $"{_tree.Path} holds the hashes of {_tree.Size} entries, but {end} were signed: without the others the tree cannot go on. Nothing was "
                + "changed. Put the newer tree.db back, or name a second place that has the entries with --from.");
        }

        var text = (source is { } s && s.Size > (last?.Size ?? 0) ? s : last)?.Published.Note.Text ?? "";
        var acts = new List<StoredLeaf>();
        if (lost < end)
        {
            acts.Add(new StoredLeaf(end, entry(LogGap.DeclareLoss, LogGap.Target(new TreeRange(lost, end)), text).ToByteArray()));
        }

        if (found.Count > 0)
        {
            acts.Add(new StoredLeaf(Math.Max(end, _file.Head) + acts.Count, entry("log.recover", LogGap.Target(new TreeRange(found[0].Index, found[^1].Index + 1)), text).ToByteArray()));
        }

        Write([.. found, .. acts], second is null ? [] : await ScopesAsync(second, found, cancellationToken));
        if (source is not null && source.Size > (last?.Size ?? 0))
        {
            // From here on the log is held to it.
            _tree.Commit(source.Published.Note);
            _checkpoint.Write(source.Published.Note);
        }

        return new RecoveredLog(found.Count, lost < end ? new TreeRange(lost, end) : null);
    }

    public void Dispose()
    {
        _log.Dispose();
        _file.Dispose();
    }

    /// <summary>What is there must be what was signed: else it was changed and not only lost.</summary>
    private async ValueTask CheckPresentAsync(IReadOnlyList<KeptCheckpoint> kept, CancellationToken cancellationToken)
    {
        foreach (var checkpoint in kept.Where(k => k.Size <= _tree.Size))
        {
            if (!await checkpoint.HoldsAsync(_tree, cancellationToken))
            {
                throw new StoreException($"{_tree.Path} does not have the root that was signed (checkpoint in {checkpoint.Where}): put a copy back that does. Nothing was changed.");
            }
        }

        if (await LastLeaves.FirstDifferenceAsync(_tree, _log, Math.Min(_file.Head, _tree.Size), cancellationToken) is { } index)
        {
            throw new StoreException($"Entry {index} is not the one whose hash the log's tree holds: it was changed. Put a copy of the log back that is sound. Nothing was changed.");
        }
    }

    private async ValueTask<KeptCheckpoint> OpenSecondAsync(ITiledLog second, CancellationToken cancellationToken)
    {
        var bytes = await second.ReadAsync(TiledResource.Checkpoint, cancellationToken);
        if (bytes is null || !SignedNote.TryParse(bytes, out var note) || _identity.Verified(note) is not { } checkpoint)
        {
            throw new StoreException("The second place holds no checkpoint that this log has signed: it is another log's, or damaged. Nothing was changed.");
        }

        var source = new KeptCheckpoint(new PublishedCheckpoint(note, checkpoint), "the second place");
        return source.Size > _tree.Size || await source.HoldsAsync(_tree, cancellationToken)
            ? source
            : throw new StoreException("The second place holds a log that does not go together with this one's tree. Nothing was changed.");
    }

    private List<TreeRange> Missing(long end)
    {
        var missing = _file.Holes().ToList();
        if (_file.Head < end)
        {
            missing.Add(new TreeRange(_file.Head, end));
        }

        return missing;
    }

    /// <summary>What the second place has of what is missing; each entry's hash is the tree's, and the tree's root is the one signed.</summary>
    private async ValueTask<List<StoredLeaf>> FetchAsync(
        ITiledLog second, KeptCheckpoint source, IReadOnlyList<TreeRange> missing, long end, IReadOnlyList<KeptCheckpoint> kept,
        CancellationToken cancellationToken)
    {
        var bundles = new EntryBundles(second, source.Size);
        var found = new List<StoredLeaf>();
        foreach (var range in missing)
        {
            for (var index = range.Start; index < Math.Min(range.End, source.Size); index++)
            {
                if (await bundles.FindAsync(index, cancellationToken) is { } bytes)
                {
                    found.Add(new StoredLeaf(index, bytes));
                }
                else if (range.End == end)
                {
                    // The end of the log stays one gap, which one declaration names.
                    break;
                }
            }
        }

        foreach (var leaf in found.Where(l => l.Index < _tree.Size))
        {
            var tile = await _tree.ReadAsync(TiledResource.Tile(0, leaf.Index / TiledResource.FullWidth, (int)(leaf.Index % TiledResource.FullWidth) + 1), cancellationToken);
            if (tile is null || new MerkleHash(tile.AsSpan()[^MerkleHash.Size..]) != MerkleHash.OfLeaf(leaf.Bytes))
            {
                throw Differs(leaf.Index);
            }
        }

        var byIndex = found.Where(l => l.Index >= _tree.Size).ToDictionary(l => l.Index);
        while (_tree.Size < source.Size)
        {
            var index = _tree.Size;
            var leaf = index < _file.Head ? (await _log.ReadAsync(index, limit: 1, cancellationToken))[0] : byIndex.GetValueOrDefault(index);
            _tree.Append(MerkleHash.OfLeaf(leaf?.Index == index ? leaf.Bytes : throw Differs(index)));
        }

        foreach (var checkpoint in kept.Append(source).Where(k => k.Size <= _tree.Size))
        {
            if (!await checkpoint.HoldsAsync(_tree.Growing, cancellationToken))
            {
                throw new StoreException($"The entries of the second place do not give the root that was signed (checkpoint in {checkpoint.Where}): some are changed. Nothing was changed here.");
            }
        }

        return found;
    }

    private async ValueTask<List<StoredScope>> ScopesAsync(ITiledLog second, List<StoredLeaf> found, CancellationToken cancellationToken)
    {
        var scopes = new List<StoredScope>();
        foreach (var hash in found.Select(l => Entry.Parser.ParseFrom(l.Bytes).Scope).Where(h => !h.IsEmpty).Distinct())
        {
            if (await _log.FindScopeAsync(hash.Memory, cancellationToken) is not null)
            {
                continue;
            }

            var bytes = await second.ReadAsync(TiledResource.Scope(new MerkleHash(hash.Span)), cancellationToken);
            scopes.Add(bytes is not null && System.Security.Cryptography.SHA256.HashData(bytes).AsSpan().SequenceEqual(hash.Span)
                ? new StoredScope(hash.Memory, bytes)
                : throw new StoreException("The second place lacks a scope that its entries refer to, or it was changed. Nothing was changed here."));
        }

        return scopes;
    }

    private void Write(IEnumerable<StoredLeaf> leaves, IEnumerable<StoredScope> scopes)
    {
        try
        {
            _file.Recover(leaves, scopes);
        }
        catch (Exception e)
        {
            _file.TryRollback();
            throw new StoreException($"The log cannot be written: {SqliteFailure.Describe(e)}. Nothing was changed.", e);
        }
    }

    private static StoreException Differs(long index) =>
        new($"Entry {index} of the second place is missing or is not the one that was signed. Nothing was changed here.");
}

/// <summary>What a recovery did.</summary>
/// <param name="Restored">Entries put back.</param>
/// <param name="Lost">Entries declared lost; null where none had to be.</param>
public sealed record RecoveredLog(int Restored, TreeRange? Lost);
