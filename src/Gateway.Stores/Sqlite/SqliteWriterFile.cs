using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Stores.Sqlite;

/// <summary>
/// A SQLite file opened by its one writer: write-ahead log, a sync each commit, both read back; a lock beside the file, so that no
/// second gateway writes it. Used by one thread after it was opened.
/// </summary>
internal sealed class SqliteWriterFile : IDisposable
{
    /// <summary>Earlier versions can corrupt a write-ahead log when two connections write or checkpoint at once.</summary>
    private const int OldestVersion = 3_051_003;

    /// <summary>The write-ahead log is copied into the file once it holds this much and nobody waits. Bytes.</summary>
    private const long CheckpointWhenIdle = 4L << 20;

    /// <summary>As <see cref="CheckpointWhenIdle"/>, also under load. Bytes.</summary>
    private const long CheckpointAlways = 32L << 20;

    // How .NET tells that the lock is held: errno on Unix, HRESULT on Windows.
    private const int EwouldblockLinux = 11;
    private const int EwouldblockBsd = 35;
    private const int SharingViolation = unchecked((int)0x80070020);

    private readonly FileStream _lock;
    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private long _walBytes;
    private bool _abandoned;

    private SqliteWriterFile(FileStream @lock, SqliteConnection connection)
    {
        _lock = @lock;
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
    }

    /// <summary>Opens or creates the file and applies <paramref name="schema"/>, whose statements must bear repetition.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="applicationId">SQLite's <c>application_id</c>: tells our files apart.</param>
    /// <param name="schema">CREATE … IF NOT EXISTS.</param>
    /// <exception cref="StoreException">It is locked by another gateway, not ours, or cannot be made safe.</exception>
    public static SqliteWriterFile Open(string path, int applicationId, string schema)
    {
        var held = Lock(path);
        SqliteConnection? connection = null;
        try
        {
            PrivateFile.Ensure(path);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            Prepare(connection, path, applicationId, schema);
            return new SqliteWriterFile(held, connection);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            held.Dispose();
            throw e as StoreException
                ?? new StoreException($"{path} cannot be opened for writing: {SqliteFailure.Describe(e)}", e);
        }
    }

    /// <summary>Prepares a statement that lives as long as the file is open; the caller disposes it first.</summary>
    public SqliteStatement Prepare(string sql) => new(_connection.Handle!, sql);

    /// <summary>The first column of the first row, or null.</summary>
    public object? Scalar(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteScalar();
    }

    /// <summary>A command on the file's connection, for what is rare; the caller disposes it. Runs inside the transaction that is open.</summary>
    public SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this project.
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_connection.Handle!);

    /// <exception cref="SqliteException">It cannot; also once the file is abandoned.</exception>
    public void Begin()
    {
        if (_abandoned)
        {
            throw new SqliteException("a sync of this file has failed", raw.SQLITE_IOERR, raw.SQLITE_IOERR_FSYNC);
        }

        _begin.Run();
    }

    /// <summary>
    /// Writes a number of the caller's into the file's head, as part of the transaction: SQLite's <c>user_version</c>. Also where it is the
    /// same as before, so that it tries whether the file can be written.
    /// </summary>
    public void Note(int number) => Scalar(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {number}"));

    /// <summary>The number last noted; 0 where none was.</summary>
    public int Noted => Convert.ToInt32(Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture);

    /// <summary>Completes when the transaction is durable in the file of our name.</summary>
    /// <param name="bytes">What it wrote, about; steers checkpoints.</param>
    /// <exception cref="SqliteException">It is not; also where the file was moved or removed under us, which SQLite does not notice by itself.</exception>
    public void Commit(long bytes)
    {
        try
        {
            _commit.Run();
        }
        catch (SqliteException e) when (SqliteFailure.IsFatal(e))
        {
            Abandon();
            throw;
        }

        CheckPlace();

        // A commit writes whole pages: about two of the tree and one for each 4 KiB.
        _walBytes += (bytes * 5 / 4) + 8192;
    }

    /// <summary>Makes sure that what is read or written is the file of our name.</summary>
    /// <exception cref="SqliteException">It was moved or removed under us.</exception>
    public void CheckPlace()
    {
        if (MovedFile.Is(_connection.Handle!))
        {
            throw new SqliteException("the file has moved", raw.SQLITE_READONLY, raw.SQLITE_READONLY_DBMOVED);
        }
    }

    /// <summary>Undoes what a failed commit left open; false when it cannot, which is fatal.</summary>
    public bool TryRollback()
    {
        try
        {
            if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
            {
                _rollback.Run();
            }

            return true;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    /// <summary>
    /// Copies the write-ahead log into the file when it has grown. Ours and not SQLite's own automatic one, which swallows a failed sync.
    /// </summary>
    /// <exception cref="SqliteException">It failed; fatal as any other failure is.</exception>
    public void Checkpoint(bool idle)
    {
        if (_walBytes < (idle ? CheckpointWhenIdle : CheckpointAlways))
        {
            return;
        }

        var result = raw.sqlite3_wal_checkpoint_v2(_connection.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
        _walBytes = 0;
        if (result is not (raw.SQLITE_OK or raw.SQLITE_BUSY))
        {
            throw new SqliteException("checkpoint failed", result & 0xFF, raw.sqlite3_extended_errcode(_connection.Handle!));
        }
    }

    /// <summary>Copies the whole write-ahead log into the file and cuts it to nothing: no earlier state of a page stays beside the file.</summary>
    /// <exception cref="SqliteException">It failed, also where another process is reading the file.</exception>
    public void EmptyWriteAheadLog()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(_connection.Handle!, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _);
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteException("checkpoint failed", result & 0xFF, raw.sqlite3_extended_errcode(_connection.Handle!));
        }

        _walBytes = 0;
    }

    /// <summary>
    /// Takes no further transaction, and leaves the write-ahead log as it is when the file is closed: after a failed sync nobody knows what
    /// of it is on the disk, and the next start finds out.
    /// </summary>
    public void Abandon()
    {
        _abandoned = true;
        _ = raw.sqlite3_db_config(_connection.Handle!, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _connection.Dispose();
        _lock.Dispose();
    }

    private static FileStream Lock(string path)
    {
        try
        {
            // FileShare.None takes flock(2): held until this process ends, however it ends.
            return PrivateFile.Open(path + ".lock", FileShare.None);
        }
        catch (IOException e) when (e.HResult is EwouldblockLinux or EwouldblockBsd or SharingViolation)
        {
            throw new StoreException($"{path} is open in another gateway. Stop that one, or name another folder.", e) { InUse = true };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"{path} cannot be written: its folder is missing or read-only.", e);
        }
    }

    private static void Prepare(SqliteConnection connection, string path, int applicationId, string schema)
    {
        if (raw.sqlite3_libversion_number() < OldestVersion)
        {
            throw new StoreException(
                $"SQLite {raw.sqlite3_libversion().utf8_to_string()} can corrupt {path}; version 3.51.3 or later is needed");
        }

        object? Ask(string sql)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this project.
            command.CommandText = sql;
#pragma warning restore CA2100
            return command.ExecuteScalar();
        }

        var isNew = Ask("SELECT count(*) FROM sqlite_schema") is 0L;
        if (!isNew && Convert.ToInt64(Ask("PRAGMA application_id"), CultureInfo.InvariantCulture) != applicationId)
        {
            throw new StoreException($"{path} is not a file of this gateway; name another folder or move it away");
        }

        Ask("PRAGMA journal_mode = WAL");
        Ask("PRAGMA synchronous = FULL");
        Ask("PRAGMA wal_autocheckpoint = 0");
        Ask("PRAGMA journal_size_limit = 67108864");
        if (Ask("PRAGMA journal_mode") is not "wal" || Ask("PRAGMA synchronous") is not 2L)
        {
            throw new StoreException($"{path} cannot be made durable: its file system takes no write-ahead log");
        }

        Ask($"BEGIN IMMEDIATE; PRAGMA application_id = {applicationId}; {schema} COMMIT;");
    }
}
