using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Preferences;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>One read-only connection to the shop's database with the statements prepared on it. Used by one call at a time.</summary>
internal sealed class SourceConnection : IDisposable
{
    // Versions before can read a WAL wrongly after two connections wrote or checkpointed at once.
    private static readonly Version s_oldest = new(3, 51, 3);
    private static readonly TimeSpan s_moveCheck = TimeSpan.FromMilliseconds(100);
    private const int BusyTimeoutMilliseconds = 1000;

    // Old grants leave their statements behind at each reload of the contracts; beyond this many all are prepared anew.
    private const int MostReaders = 256;

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _clock;
    private readonly Dictionary<int, ReaderStatements> _statements = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private PreferenceStatements? _preferences;
    private bool _inSnapshot;
    private long _checked;

    public SourceConnection(string connectionString, TimeProvider clock)
    {
        _clock = clock;
        _connection = new SqliteConnection(connectionString);
        try
        {
            _connection.Open();
            Handle = _connection.Handle!;
            raw.sqlite3_busy_timeout(Handle, BusyTimeoutMilliseconds);
            var version = new Version(_connection.ServerVersion);
            if (version < s_oldest)
            {
                throw new SourceException($"SQLite {version} is too old: {s_oldest} is the oldest that reads a WAL safely");
            }

            if (Scalar("PRAGMA encoding") is not "UTF-8")
            {
                throw new SourceException("the source's database is not encoded in UTF-8");
            }

            Scalar("PRAGMA query_only = ON");
            _checked = clock.GetTimestamp();
            _begin = new Statement(this, "BEGIN", "");
            _commit = new Statement(this, "COMMIT", "");
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw new SourceException($"the source cannot be opened: {raw.sqlite3_errstr(e.SqliteErrorCode).utf8_to_string()}", e);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>SQLite's own handle, open until disposed.</summary>
    public sqlite3 Handle { get; }

    /// <summary>True after a failure that may be the connection's: it is closed rather than used again.</summary>
    public bool Broken { get; private set; }

    /// <summary>What reads preferences, prepared when first used.</summary>
    public PreferenceStatements Preferences => _preferences ??= new PreferenceStatements(this);

    /// <summary>From now until <see cref="EndSnapshot"/> all statements read one state of the database.</summary>
    public void BeginSnapshot()
    {
        _begin.Step();
        _begin.Reset();
        _inSnapshot = true;
    }

    /// <summary>Ends what <see cref="BeginSnapshot"/> began; nothing where it did not.</summary>
    public void EndSnapshot()
    {
        if (_inSnapshot)
        {
            _inSnapshot = false;
            Broken |= !_commit.TryFinish();
        }
    }

    /// <summary>The statements of one reader on this connection, kept until it closes.</summary>
    public ReaderStatements StatementsOf(int reader, GrantQueries queries, string partner)
    {
        if (!_statements.TryGetValue(reader, out var statements))
        {
            if (_statements.Count == MostReaders)
            {
                Forget();
            }

            _statements.Add(reader, statements = new ReaderStatements(this, queries, partner));
        }

        return statements;
    }

    /// <summary>
    /// True when the file this connection has open is no longer the one at its path: deleted, or replaced by another. Looked at ten
    /// times a second at most; without it a deleted database would be served for as long as the connection lives. Where SQLite cannot
    /// tell, the file counts as moved and is opened again.
    /// </summary>
    public bool HasMoved()
    {
        if (_clock.GetElapsedTime(_checked) < s_moveCheck)
        {
            return false;
        }

        _checked = _clock.GetTimestamp();
        return MovedFile.Is(Handle);
    }

    /// <summary>The exception for a failed call. SQLite's text is passed on only where it names schema objects, never data.</summary>
    public SourceException Failed(int code)
    {
        Broken = true;
        var text = raw.sqlite3_errmsg(Handle).utf8_to_string();
        return new SourceException(text.StartsWith("no such ", StringComparison.Ordinal)
            ? $"the source's views cannot be read: {text}"
            : $"the source cannot be read: {raw.sqlite3_errstr(code).utf8_to_string()} (SQLite {raw.sqlite3_extended_errcode(Handle)})");
    }

    public void Dispose()
    {
        Forget();
        _preferences?.Dispose();
        _begin.Dispose();
        _commit.Dispose();
        _connection.Dispose();
    }

    private void Forget()
    {
        foreach (var statements in _statements.Values)
        {
            statements.Dispose();
        }

        _statements.Clear();
    }

    private object? Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
