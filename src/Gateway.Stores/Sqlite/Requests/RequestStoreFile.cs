using Gateway.Stores.Sqlite.Keys;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Requests;

/// <summary>
/// The file of requests and notices: a sync each change, and what was wiped is nowhere in it. Everything goes through one connection and
/// one lock; it is rare. Safe for concurrent use.
/// </summary>
internal sealed class RequestStoreFile : IDisposable
{
    /// <summary>"GWrq".</summary>
    private const int ApplicationId = 0x47577271;

    private const int SchemaVersion = 1;

    // Times are ticks of 100 ns since 0001, UTC. A notice that is not ready is of an erasure that is not finished: no partner sees it.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS request (
            id BLOB PRIMARY KEY, kind INTEGER NOT NULL, state INTEGER NOT NULL, mark BLOB NOT NULL, subject_id TEXT, record TEXT NOT NULL,
            fields TEXT NOT NULL, words TEXT, opened INTEGER NOT NULL, due INTEGER NOT NULL, extension TEXT NOT NULL, ended INTEGER,
            ended_by TEXT, resolution TEXT) STRICT;
        CREATE INDEX IF NOT EXISTS request_mark ON request (mark);
        CREATE INDEX IF NOT EXISTS request_open ON request (due) WHERE state <= 2;
        CREATE TABLE IF NOT EXISTS notice (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, request BLOB NOT NULL, partner TEXT NOT NULL,
            kind INTEGER NOT NULL, record TEXT NOT NULL, key TEXT, receipts BLOB, receipt_count INTEGER NOT NULL, fields TEXT NOT NULL,
            created INTEGER NOT NULL, ready INTEGER NOT NULL, acknowledged INTEGER) STRICT;
        CREATE INDEX IF NOT EXISTS notice_open ON notice (partner, sequence) WHERE ready = 1 AND acknowledged IS NULL;
        CREATE INDEX IF NOT EXISTS notice_request ON notice (request);
        """;

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly SqliteWriterFile _file;
    private readonly KeyRemnants _remnants;
    private readonly List<byte[]> _wiped = [];
    private long _version;
    private volatile string? _trouble;
    private bool _broken;
    private bool _unwiped;

    private RequestStoreFile(string path, SqliteWriterFile file)
    {
        _path = path;
        _file = file;
        _remnants = new KeyRemnants(path);
    }

    /// <summary>Rises with each change, and when the store fails: whoever waits for a change then asks, and learns of it.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Why it cannot be used; null where it can.</summary>
    public string? Trouble => _trouble;

    /// <exception cref="StoreException">It cannot be opened safely.</exception>
    public static RequestStoreFile Open(string path)
    {
        var file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        try
        {
            if (file.Noted is not (0 or SchemaVersion))
            {
                throw new StoreException($"{path} was written by a later version of the gateway: start that one, or put back an earlier copy");
            }

            file.Scalar("PRAGMA secure_delete = ON");
            // A rewrite leaves no copy of the rows in another folder.
            file.Scalar("PRAGMA temp_store = MEMORY");
            if (file.Scalar("PRAGMA quick_check") is not "ok")
            {
                throw new StoreException($"{path} is damaged; restore it from a backup");
            }

            file.Begin();
            file.Note(SchemaVersion);
            file.Commit(0);
            // What a process that was ended did not wipe. The file is small: what has ended is rows without text.
            file.Scalar("VACUUM");
            file.EmptyWriteAheadLog();
            return new RequestStoreFile(path, file);
        }
        catch (Exception e)
        {
            file.Dispose();
            throw e as StoreException ?? new StoreException($"{path} cannot be made ready: {SqliteFailure.Describe(e)}", e);
        }
    }

    /// <summary>Reads.</summary>
    /// <exception cref="RequestsUnavailableException">It cannot.</exception>
    public T Read<T>(Func<SqliteWriterFile, T> read) => Locked(() =>
    {
        // A file that was removed can be read for as long as it is open; what is in it is lost all the same.
        _file.CheckPlace();
        return read(_file);
    });

    /// <summary>Changes something in one transaction; durable when this returns.</summary>
    /// <param name="change">Adds to the list what must be nowhere in the file afterwards.</param>
    /// <exception cref="RequestsUnavailableException">Nothing was changed.</exception>
    public T Write<T>(Func<SqliteWriterFile, List<byte[]>, T> change) => Locked(() =>
    {
        var wiped = new List<byte[]>();
        _file.Begin();
        var result = change(_file, wiped);
        _file.Commit(4096);
        Interlocked.Increment(ref _version);
        if (wiped.Count > 0)
        {
            _wiped.AddRange(wiped.Where(w => w.Length > 0));
            _unwiped = true;
        }

        WipeOnce();
        return result;
    });

    /// <summary>Tries again what could not be wiped, and whether a store that failed can be used again. Never throws.</summary>
    public void Tend()
    {
        try
        {
            if (_unwiped || _trouble is not null)
            {
                Write((_, _) => 0);
            }
        }
        catch (RequestsUnavailableException)
        {
            // Told by Trouble.
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file.Dispose();
            _remnants.Dispose();
        }
    }

    /// <summary>A failure here undoes nothing: it is tried again with the next change, by <see cref="Tend"/> and at the next start.</summary>
    private void WipeOnce()
    {
        if (!_unwiped)
        {
            _file.Checkpoint(idle: true);
            return;
        }

        try
        {
            _file.EmptyWriteAheadLog();
            if (_remnants.HoldAny(_wiped))
            {
                _file.Scalar("VACUUM");
                _file.EmptyWriteAheadLog();
            }

            _wiped.Clear();
            _unwiped = false;
        }
        catch (Exception e) when (e is IOException || !SqliteFailure.IsFatal(e))
        {
            _file.TryRollback();
        }
    }

    private T Locked<T>(Func<T> act)
    {
        lock (_lock)
        {
            if (_broken)
            {
                throw Unavailable(null);
            }

            try
            {
                var result = act();
                _trouble = null;
                return result;
            }
            catch (Exception e) when (e is SqliteException or IOException)
            {
                _trouble = SqliteFailure.Describe(e);
                Interlocked.Increment(ref _version);
                if (!_file.TryRollback() || (e is SqliteException && SqliteFailure.IsFatal(e)))
                {
                    _broken = true;
                    _file.Abandon();
                }

                throw Unavailable(e);
            }
        }
    }

    private RequestsUnavailableException Unavailable(Exception? e) => new($"{_path} cannot be used: {_trouble}", e);
}

/// <summary>The store of requests and notices cannot be used: nothing was changed.</summary>
public sealed class RequestsUnavailableException(string message, Exception? inner) : Exception(message, inner);
