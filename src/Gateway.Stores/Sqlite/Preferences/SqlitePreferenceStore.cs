using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Preferences;

/// <summary>
/// What customers told the gateway, in a SQLite file of its own, a sync each change. Of a forgotten customer only the opt-outs stay, under
/// an HMAC of their id: whoever still has the id is not written to, and the file alone tells nobody. Safe for concurrent use.
/// </summary>
public sealed class SqlitePreferenceStore : IPreferenceStore, IDisposable
{
    private const int ApplicationId = 0x47577072; // "GWpr"
    private const string Suppressed = "suppressed:";

    private const string Schema = $"""
        CREATE TABLE IF NOT EXISTS preference (
            subject_id TEXT NOT NULL, topic TEXT NOT NULL, state TEXT NOT NULL, changed_at TEXT NOT NULL,
            PRIMARY KEY (subject_id, topic)) STRICT, WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS preference_changed ON preference (changed_at, subject_id);
        CREATE VIEW IF NOT EXISTS {PreferenceStatements.View} AS SELECT subject_id, topic, state, changed_at FROM preference;
        """;

    // The newest counts; of two at the same instant the opt-out.
    private const string Newest = $"""
        ON CONFLICT (subject_id, topic) DO UPDATE SET state = excluded.state, changed_at = excluded.changed_at
        WHERE excluded.changed_at > changed_at OR (excluded.changed_at = changed_at AND excluded.state = '{PreferenceStates.OptedOut}')
        """;

    private readonly Lock _lock = new();
    private readonly byte[] _suppressionKey;
    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _put;
    private readonly SqliteStatement _suppress;
    private readonly SqliteStatement _remove;
    private readonly SourcePool _pool;
    private readonly PreferenceReader _reader;
    private volatile bool _anySuppressed;

    /// <param name="path">The file; its folder exists.</param>
    /// <param name="master">Names the forgotten.</param>
    /// <param name="clock">For the connections and for what is told once a minute.</param>
    /// <param name="logger">Where a row that cannot be read is told.</param>
    /// <exception cref="StoreException">It cannot be opened safely.</exception>
    public SqlitePreferenceStore(string path, MasterKey master, TimeProvider clock, ILogger<SqlitePreferenceStore> logger)
    {
        _suppressionKey = master.SuppressionKey;
        _file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        _file.Scalar("PRAGMA secure_delete = ON");
        _put = _file.Prepare($"INSERT INTO preference (subject_id, topic, state, changed_at) VALUES (?1, ?2, ?3, ?4) {Newest}");
        _suppress = _file.Prepare($"""
            INSERT INTO preference (subject_id, topic, state, changed_at)
            SELECT ?2, topic, state, changed_at FROM preference WHERE subject_id = ?1 AND state = '{PreferenceStates.OptedOut}' {Newest}
            """);
        _remove = _file.Prepare("DELETE FROM preference WHERE subject_id = ?1");
        _anySuppressed = _file.Scalar($"SELECT EXISTS (SELECT 1 FROM preference WHERE subject_id GLOB '{Suppressed}*')") is 1L;
        _pool = new SourcePool(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString(),
            2 * Environment.ProcessorCount, clock);
        _reader = new PreferenceReader(_pool, "the store of preferences", clock, logger);
    }

    public void Prepare() => _reader.Prepare();

    public async ValueTask<IReadOnlyList<Preference>> ReadAsync(IReadOnlyList<string> subjectIds, CancellationToken cancellationToken)
    {
        if (!_anySuppressed)
        {
            return await _reader.ReadAsync(subjectIds, cancellationToken);
        }

        var bySuppressed = subjectIds.Distinct(StringComparer.Ordinal).ToDictionary(SuppressedId, StringComparer.Ordinal);
        var read = await _reader.ReadAsync([.. subjectIds, .. bySuppressed.Keys], cancellationToken);
        return [.. read.Select(p => bySuppressed.TryGetValue(p.SubjectId, out var id) ? p with { SubjectId = id } : p)];
    }

    public ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken) =>
        _reader.ListChangesAsync(after, limit, cancellationToken);

    public ValueTask WriteAsync(IReadOnlyList<Preference> preferences, CancellationToken cancellationToken)
    {
        if (preferences.FirstOrDefault(p => p.SubjectId.Length == 0 || p.Topic is "" or Preference.EveryTopic) is not null)
        {
            throw new ArgumentException("A preference is one subject's, about one topic.", nameof(preferences));
        }

        cancellationToken.ThrowIfCancellationRequested();
        Write(() =>
        {
            foreach (var preference in preferences)
            {
                _put.Bind(1, preference.SubjectId)
                    .Bind(2, preference.Topic)
                    .Bind(3, PreferenceStates.Of(preference.State))
                    .Bind(4, SourceInstant.Format(preference.ChangedAt))
                    .Run();
            }
        });
        return ValueTask.CompletedTask;
    }

    public ValueTask ForgetAsync(string subjectId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Before the rows change: who reads meanwhile looks for both.
        _anySuppressed = true;
        Write(() =>
        {
            _suppress.Bind(1, subjectId).Bind(2, SuppressedId(subjectId)).Run();
            _remove.Bind(1, subjectId).Run();
        });
        EmptyWriteAheadLog();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        _pool.Dispose();
        lock (_lock)
        {
            _put.Dispose();
            _suppress.Dispose();
            _remove.Dispose();
            _file.Dispose();
        }
    }

    private string SuppressedId(string subjectId) =>
        Suppressed + Convert.ToHexStringLower(HMACSHA256.HashData(_suppressionKey, Encoding.UTF8.GetBytes(subjectId)));

    private void Write(Action change)
    {
        lock (_lock)
        {
            try
            {
                _file.Begin();
                change();
                _file.Commit(bytes: 0);
                _file.Checkpoint(idle: true);
            }
            catch (SqliteException e)
            {
                _file.TryRollback();
                throw new SourceException($"the store of preferences cannot be written: {SqliteFailure.Describe(e)}", e);
            }
        }
    }

    // A reader in the way leaves it to the next one, or to the close.
    private void EmptyWriteAheadLog()
    {
        lock (_lock)
        {
            try
            {
                _file.EmptyWriteAheadLog();
            }
            catch (SqliteException e) when (!SqliteFailure.IsFatal(e))
            {
            }
        }
    }
}
