using System.Globalization;
using Gateway.Core.Log;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Log;

/// <summary>The log's file: its tables, how a batch of leaves goes into it, and its reserve. Used by the writer thread alone.</summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>"GWlg".</summary>
    public const int ApplicationId = 0x47576C67;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS leaf (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS scope (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS minimum (id INTEGER PRIMARY KEY CHECK (id = 0), leaf INTEGER NOT NULL) STRICT;
        """;

    /// <summary>Leaves removed in one transaction: what waits for the disk meanwhile waits a few milliseconds.</summary>
    private const int PrunedAtOnce = 500;

    private readonly SqliteWriterFile _file;
    private readonly RefusalReserve _reserve;
    private readonly SqliteStatement _insertLeaf;
    private readonly SqliteStatement _insertScope;
    private readonly SqliteStatement _setMinimum;
    private readonly SqliteStatement _prune;
    private bool _pruned;

    private LogFile(SqliteWriterFile file, RefusalReserve reserve)
    {
        _file = file;
        _reserve = reserve;
        _insertLeaf = file.Prepare("INSERT INTO leaf (id, bytes) VALUES (?, ?)");
        _insertScope = file.Prepare("INSERT OR IGNORE INTO scope (hash, bytes) VALUES (?, ?)");
        _setMinimum = file.Prepare("INSERT INTO minimum (id, leaf) VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET leaf = max(leaf, excluded.leaf)");
        _prune = file.Prepare("DELETE FROM leaf WHERE id IN (SELECT id FROM leaf WHERE id < ? ORDER BY id LIMIT ?)");
        Head = (long)file.Scalar("SELECT coalesce(max(id) + 1, 0) FROM leaf")!;
        Minimum = MinimumOf(file);
    }

    /// <summary>Index of the next leaf.</summary>
    public long Head { get; private set; }

    /// <summary>Index of the first leaf that is kept; those below were archived and are pruned.</summary>
    public long Minimum { get; private set; }

    /// <summary>True while leaves below <see cref="Minimum"/> may still be in the file.</summary>
    public bool IsPruning => !_pruned && Minimum > 0;

    /// <summary>Leaves that the reserve holds; the next write puts them into the log before its own.</summary>
    public int Reserved => _reserve.Leaves.Count;

    /// <summary>The file that keeps room for refusals.</summary>
    public static string ReserveOf(string path) => Path.ChangeExtension(path, ".reserve");

    /// <exception cref="StoreException">It cannot be opened, or does not begin at its beginning.</exception>
    public static LogFile Open(string path, int reserveBytes)
    {
        var file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        try
        {
            if (MinimumOf(file) is var minimum && (long)file.Scalar("SELECT coalesce(min(id), 0) FROM leaf")! is var first && first > minimum
                && !(LogGap.LossBefore(new StoredLeaf(first, (byte[])file.Scalar("SELECT bytes FROM leaf ORDER BY id LIMIT 1")!)) is { } loss && loss.Entries.Start <= minimum))
            {
                throw new StoreException($"{path} does not begin with leaf {minimum}: leaves were removed; restore it from a backup");
            }

            return new LogFile(file, RefusalReserve.Open(ReserveOf(path), reserveBytes, file.Noted));
        }
        catch (Exception e)
        {
            file.Abandon();
            file.Dispose();
            throw e is SqliteException ? new StoreException($"{path} cannot be opened: {SqliteFailure.Describe(e)}", e) : e;
        }
    }

    /// <summary>
    /// Writes and syncs what the reserve holds and then a batch, all or nothing: each new scope before the leaf that refers to it. An empty
    /// batch tries whether the file can be written.
    /// </summary>
    public void Write(List<PendingAppend> batch)
    {
        var next = Head;
        var bytes = 0L;
        _file.Begin();
        foreach (var leaf in _reserve.Leaves)
        {
            _insertLeaf.Bind(1, next++).Bind(2, leaf).Run();
            bytes += leaf.Length;
        }

        if (Reserved > 0 || batch.Count == 0)
        {
            _file.Note(Reserved > 0 ? _reserve.Round : _reserve.Round - 1);
        }

        var minimum = Minimum;
        foreach (var pending in batch)
        {
            if (pending.PruneBelow > 0)
            {
                minimum = Math.Max(minimum, Math.Min(pending.PruneBelow, next));
                _setMinimum.Bind(1, minimum).Run();
                continue;
            }

            if (pending.Scope is { } scope)
            {
                _insertScope.Bind(1, scope.Hash.Span).Bind(2, scope.Bytes.Span).Run();
                bytes += scope.Bytes.Length;
            }

            _insertLeaf.Bind(1, next++).Bind(2, pending.Leaf.Span).Run();
            bytes += pending.Leaf.Length;
        }

        _file.Commit(bytes);
        Head = next;
        (Minimum, _pruned) = (minimum, _pruned && minimum == Minimum);
        if (Reserved > 0)
        {
            _reserve.Emptied();
        }
    }

    /// <summary>Removes some of the leaves below <see cref="Minimum"/>.</summary>
    public void Prune()
    {
        _file.Begin();
        _prune.Bind(1, Minimum).Bind(2, PrunedAtOnce).Run();
        _pruned = _file.Changes < PrunedAtOnce;
        _file.Commit(PrunedAtOnce * 256L);
    }

    /// <summary>
    /// Writes and syncs leaves at places of their own that are free, and scopes, all or nothing: makes a log whole again, or goes on behind a
    /// gap. What the reserve holds comes after, with the next write. Where enumerating fails, nothing is written.
    /// </summary>
    public void Recover(IEnumerable<StoredLeaf> leaves, IEnumerable<StoredScope> scopes)
    {
        var (head, bytes) = (Head, 0L);
        _file.Begin();
        foreach (var leaf in leaves)
        {
            _insertLeaf.Bind(1, leaf.Index).Bind(2, leaf.Bytes).Run();
            head = Math.Max(head, leaf.Index + 1);
            bytes += leaf.Bytes.Length;
        }

        foreach (var scope in scopes)
        {
            _insertScope.Bind(1, scope.Hash.Span).Bind(2, scope.Bytes.Span).Run();
        }

        _file.Commit(bytes);
        Head = head;
    }

    /// <summary>Places before the head that hold no leaf, but for those that were pruned.</summary>
    public IReadOnlyList<TreeRange> Holes()
    {
        // Each leaf whose predecessor is not there.
        var holes = new List<TreeRange>();
        var next = Minimum;
        while (_file.Scalar(string.Create(CultureInfo.InvariantCulture,
            $"SELECT id FROM leaf AS l WHERE id >= {next} AND NOT EXISTS (SELECT 1 FROM leaf WHERE id = l.id - 1) AND id > {Minimum} ORDER BY id LIMIT 1")) is long after)
        {
            var before = (long)_file.Scalar(string.Create(CultureInfo.InvariantCulture, $"SELECT coalesce(max(id) + 1, {Minimum}) FROM leaf WHERE id < {after}"))!;
            holes.Add(new TreeRange(Math.Max(before, Minimum), after));
            next = after + 1;
        }

        return holes;
    }

    /// <summary>Puts what may be reserved of a batch that could not be written into the reserve, and marks it.</summary>
    /// <exception cref="IOException">The reserve could not be synced; fatal.</exception>
    public void Reserve(List<PendingAppend> batch)
    {
        var kept = batch.FindAll(pending => pending.MayBeReserved && _reserve.TryWrite(pending.Leaf.Span));
        if (kept.Count > 0)
        {
            _reserve.Sync();
            kept.ForEach(pending => pending.Reserved = true);
        }
    }

    /// <inheritdoc cref="SqliteWriterFile.TryRollback"/>
    public bool TryRollback() => _file.TryRollback();

    /// <inheritdoc cref="SqliteWriterFile.Checkpoint"/>
    public void Checkpoint(bool idle) => _file.Checkpoint(idle);

    /// <inheritdoc cref="SqliteWriterFile.Abandon"/>
    public void Abandon() => _file.Abandon();

    public void Dispose()
    {
        _insertLeaf.Dispose();
        _insertScope.Dispose();
        _setMinimum.Dispose();
        _prune.Dispose();
        _reserve.Dispose();
        _file.Dispose();
    }

    private static long MinimumOf(SqliteWriterFile file) => (long)file.Scalar("SELECT coalesce(max(leaf), 0) FROM minimum")!;
}
