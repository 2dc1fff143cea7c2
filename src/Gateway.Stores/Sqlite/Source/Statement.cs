using System.Text;
using SQLitePCL;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>A prepared statement of one connection; one thread at a time.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SourceConnection _connection;
    private readonly sqlite3_stmt _handle;

    /// <param name="connection">The owner.</param>
    /// <param name="sql">One statement.</param>
    /// <param name="view">The view it reads, for errors.</param>
    public Statement(SourceConnection connection, string sql, string view)
    {
        _connection = connection;
        var code = raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _handle);
        if (code != raw.SQLITE_OK)
        {
            throw connection.Failed(code);
        }

        Values = new RowValues(_handle, view);
    }

    /// <summary>The row that the last <see cref="Step"/> came to.</summary>
    public RowValues Values { get; }

    public void Bind(int parameter, string text)
    {
        if (text.Length == 0)
        {
            // A span of nothing would bind NULL.
            Check(raw.sqlite3_bind_text(_handle, parameter, text));
            return;
        }

        var size = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> utf8 = size <= 1024 ? stackalloc byte[size] : new byte[size];
        Bind(parameter, utf8[..Encoding.UTF8.GetBytes(text, utf8)]);
    }

    public void Bind(int parameter, ReadOnlySpan<byte> utf8) => Check(raw.sqlite3_bind_text(_handle, parameter, utf8));

    public void Bind(int parameter, long number) => Check(raw.sqlite3_bind_int64(_handle, parameter, number));

    public void Bind(int text, int second, Threshold threshold)
    {
        Bind(text, threshold.Text.Span);
        Bind(second, threshold.Second.Span);
    }

    /// <summary>Goes to the next row; false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        return code switch
        {
            raw.SQLITE_ROW => true,
            raw.SQLITE_DONE => false,
            _ => throw _connection.Failed(code),
        };
    }

    /// <summary>Runs a statement that gives no rows; false where it failed.</summary>
    public bool TryFinish()
    {
        var code = raw.sqlite3_step(_handle);
        Reset();
        return code == raw.SQLITE_DONE;
    }

    /// <summary>Ends reading, so that nothing stays locked. Bindings stay.</summary>
    public void Reset() => raw.sqlite3_reset(_handle);

    public void Dispose() => _handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK)
        {
            throw _connection.Failed(code);
        }
    }
}
