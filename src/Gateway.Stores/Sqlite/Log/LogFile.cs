namespace Gateway.Stores.Sqlite.Log;

/// <summary>The log's file: its tables, and how a batch of leaves goes into it. Used by the writer thread alone.</summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>"GWlg".</summary>
    public const int ApplicationId = 0x47576C67;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS leaf (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
        CREATE TABLE IF NOT EXISTS scope (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT, WITHOUT ROWID;
        """;

    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _insertLeaf;
    private readonly SqliteStatement _insertScope;

    private LogFile(SqliteWriterFile file)
    {
        _file = file;
        _insertLeaf = file.Prepare("INSERT INTO leaf (id, bytes) VALUES (?, ?)");
        _insertScope = file.Prepare("INSERT OR IGNORE INTO scope (hash, bytes) VALUES (?, ?)");
        Head = (long)file.Scalar("SELECT coalesce(max(id) + 1, 0) FROM leaf")!;
    }

    /// <summary>Index of the next leaf.</summary>
    public long Head { get; private set; }

    /// <exception cref="StoreException">It cannot be opened, or does not begin at its beginning.</exception>
    public static LogFile Open(string path)
    {
        var file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        try
        {
            if (file.Scalar("SELECT coalesce(min(id), 0) FROM leaf") is not 0L)
            {
                throw new StoreException($"{path} does not begin with leaf 0: leaves were removed; restore it from a backup");
            }

            return new LogFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes and syncs a batch, all or nothing: each new scope before the leaf that refers to it.</summary>
    public void Write(List<PendingAppend> batch)
    {
        var next = Head;
        var bytes = 0L;
        _file.Begin();
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
    }

    /// <inheritdoc cref="SqliteWriterFile.TryRollback"/>
    public bool TryRollback() => _file.TryRollback();

    /// <inheritdoc cref="SqliteWriterFile.Checkpoint"/>
    public void Checkpoint(bool idle) => _file.Checkpoint(idle);

    public void Dispose()
    {
        _insertLeaf.Dispose();
        _insertScope.Dispose();
        _file.Dispose();
    }
}
