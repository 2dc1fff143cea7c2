namespace Gateway.Stores.Sqlite.Log;

/// <summary>The log's file: its tables, how a batch of leaves goes into it, and its reserve. Used by the writer thread alone.</summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>"GWlg".</summary>
    public const int ApplicationId = 0x47576C67;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS leaf (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS scope (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """;

    private readonly SqliteWriterFile _file;
    private readonly RefusalReserve _reserve;
    private readonly SqliteStatement _insertLeaf;
    private readonly SqliteStatement _insertScope;

    private LogFile(SqliteWriterFile file, RefusalReserve reserve)
    {
        _file = file;
        _reserve = reserve;
        _insertLeaf = file.Prepare("INSERT INTO leaf (id, bytes) VALUES (?, ?)");
        _insertScope = file.Prepare("INSERT OR IGNORE INTO scope (hash, bytes) VALUES (?, ?)");
        Head = (long)file.Scalar("SELECT coalesce(max(id) + 1, 0) FROM leaf")!;
    }

    /// <summary>Index of the next leaf.</summary>
    public long Head { get; private set; }

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
            if (file.Scalar("SELECT coalesce(min(id), 0) FROM leaf") is not 0L)
            {
                throw new StoreException($"{path} does not begin with leaf 0: leaves were removed; restore it from a backup");
            }

            return new LogFile(file, RefusalReserve.Open(ReserveOf(path), reserveBytes, file.Noted));
        }
        catch
        {
            file.Dispose();
            throw;
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

        foreach (var pending in batch)
        {
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
        if (Reserved > 0)
        {
            _reserve.Emptied();
        }
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

    public void Dispose()
    {
        _insertLeaf.Dispose();
        _insertScope.Dispose();
        _reserve.Dispose();
        _file.Dispose();
    }
}
