using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Gateway.Stores.Sqlite;

/// <summary>A statement prepared once and bound without allocation. Owned by one thread.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _db;
    private readonly sqlite3_stmt _statement;

    public SqliteStatement(sqlite3 db, string sql)
    {
        _db = db;
        Check(raw.sqlite3_prepare_v3(db, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public SqliteStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    public SqliteStatement Bind(int parameter, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    /// <summary>Runs to the end, then is ready to be bound again.</summary>
    /// <exception cref="SqliteException">With the extended code.</exception>
    public void Run()
    {
        var result = raw.sqlite3_step(_statement);
        if (result != raw.SQLITE_DONE)
        {
            var failure = Failure(result);
            _ = raw.sqlite3_reset(_statement);
            throw failure;
        }

        Check(raw.sqlite3_reset(_statement));
    }

    /// <summary>The first column of the one row, or null where there is none; then ready to be bound again.</summary>
    public byte[]? RunForBytes() => RunForBlobs()?[0];

    /// <summary>The columns of the one row, null where a column is NULL, or null where there is no row; then ready to be bound again.</summary>
    public byte[]?[]? RunForBlobs()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            var failure = Failure(result);
            _ = raw.sqlite3_reset(_statement);
            throw failure;
        }

        byte[]?[]? row = null;
        if (result == raw.SQLITE_ROW)
        {
            row = new byte[raw.sqlite3_column_count(_statement)][];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = raw.sqlite3_column_type(_statement, i) == raw.SQLITE_NULL ? null : raw.sqlite3_column_blob(_statement, i).ToArray();
            }
        }

        Check(raw.sqlite3_reset(_statement));
        return row;
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Failure(result);
        }
    }

    private SqliteException Failure(int result) =>
        new(raw.sqlite3_errmsg(_db).utf8_to_string(), result & 0xFF, raw.sqlite3_extended_errcode(_db));
}
