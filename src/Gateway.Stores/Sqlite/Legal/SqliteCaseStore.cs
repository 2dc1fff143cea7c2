using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Legal;
using Microsoft.Data.Sqlite;

namespace Gateway.Stores.Sqlite.Legal;

/// <summary>The acts of cases in a SQLite file of its own, 0600, a sync each write. The one place that keeps subjects and details of cases.</summary>
public sealed class SqliteCaseStore : ICaseStore, IDisposable
{
    private const int ApplicationId = 0x47576c67;

    // The version of the acts' shape stands in the table's name: a gateway that does not know a later one finds no acts of its own.
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS acts_1 (
            id INTEGER PRIMARY KEY AUTOINCREMENT, case_id TEXT NOT NULL, done INTEGER NOT NULL CHECK (done IN (0, 1)), act TEXT NOT NULL) STRICT;
        """;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter() },
    };

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly SqliteWriterFile _file;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _finish;

    /// <param name="path">The file; its folder exists.</param>
    /// <exception cref="StoreException">It cannot be opened safely, or is damaged.</exception>
    public SqliteCaseStore(string path)
    {
        _path = path;
        _file = SqliteWriterFile.Open(path, ApplicationId, Schema);
        try
        {
            if (_file.Scalar("PRAGMA quick_check") is not "ok")
            {
                throw new StoreException($"{path} is damaged; restore it from a backup");
            }

            _begin = _file.Prepare("INSERT INTO acts_1 (case_id, done, act) VALUES (?1, 0, ?2)");
            _finish = _file.Prepare("UPDATE acts_1 SET done = 1, act = ?2 WHERE id = ?1 AND done = 0");
        }
        catch (Exception e)
        {
            _file.Dispose();
            throw e as StoreException ?? new StoreException($"{path} cannot be opened: {SqliteFailure.Describe(e)}", e);
        }
    }

    public IReadOnlyList<CaseAct> Load() => Read("SELECT act FROM acts_1 WHERE done = 1 ORDER BY id", row =>
        JsonSerializer.Deserialize<CaseAct>(row.GetString(0), s_json) ?? throw new JsonException());

    public IReadOnlyDictionary<string, int> CountBegun() =>
        Read("SELECT case_id, count(*) FROM acts_1 GROUP BY case_id", row => (Case: row.GetString(0), Acts: row.GetInt32(1)))
            .ToDictionary(r => r.Case, r => r.Acts, StringComparer.Ordinal);

    public long Begin(CaseAct act) => Write(() =>
    {
        _begin.Bind(1, act.CaseId).Bind(2, JsonSerializer.Serialize(act, s_json)).Run();
        return (long)_file.Scalar("SELECT last_insert_rowid()")!;
    });

    public void Finish(long begun, CaseAct act) => Write(() =>
    {
        _finish.Bind(1, begun).Bind(2, JsonSerializer.Serialize(act, s_json)).Run();
        return _file.Changes == 1 ? begun : throw new CasesUnavailableException($"{_path} does not hold the act that was begun");
    });

    public void Dispose()
    {
        lock (_lock)
        {
            _begin.Dispose();
            _finish.Dispose();
            _file.Dispose();
        }
    }

    private List<T> Read<T>(string sql, Func<SqliteDataReader, T> read)
    {
        try
        {
            using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = _path, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this class.
            command.CommandText = sql;
#pragma warning restore CA2100
            using var rows = command.ExecuteReader();
            var all = new List<T>();
            while (rows.Read())
            {
                all.Add(read(rows));
            }

            return all;
        }
        catch (SqliteException e)
        {
            throw new CasesUnavailableException($"{_path} cannot be read: {SqliteFailure.Describe(e)}", e);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidCastException)
        {
            // The exception's own text can quote the act.
            throw new CasesUnavailableException($"{_path} holds an act that cannot be read: restore it from a backup");
        }
    }

    private long Write(Func<long> change)
    {
        lock (_lock)
        {
            try
            {
                _file.Begin();
                var result = change();
                _file.Commit(bytes: 0);
                _file.Checkpoint(idle: true);
                return result;
            }
            catch (CasesUnavailableException)
            {
                _file.TryRollback();
                throw;
            }
            catch (SqliteException e)
            {
                if (!_file.TryRollback() || SqliteFailure.IsFatal(e))
                {
                    _file.Abandon();
                }

                throw new CasesUnavailableException($"{_path} cannot be written: {SqliteFailure.Describe(e)}", e);
            }
        }
    }
}
