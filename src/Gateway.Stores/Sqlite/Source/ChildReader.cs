using Gateway.Core.Sources;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>Reads one repeated message: of one record with one statement, of a batch of records with one statement as well.</summary>
internal sealed class ChildReader
{
    private const int ParentColumn = 0;

    private readonly int _index;
    private readonly string _parentKey;
    private readonly Func<RowValues, IMessage> _fill;
    private readonly Action<IMessage, IMessage> _add;

    public ChildReader(int index, ChildQueries queries, SourceLayout layout)
    {
        _index = index;
        _parentKey = layout.KeyColumn;
        _fill = MessageCompiler.Compile(queries.View.Message, queries.Columns, GrantQueries.FirstChildColumn);
        _add = MessageCompiler.CompileAdd(layout.Record.Descriptor, queries.View.Chain);
    }

    public void Fill(ReaderStatements statements, SourceRow row, CancellationToken cancellationToken) =>
        Fill(statements.ChildrenOfOne(_index), row, cancellationToken);

    /// <param name="statement">The statement of one record.</param>
    /// <param name="row">The record.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public void Fill(Statement statement, SourceRow row, CancellationToken cancellationToken)
    {
        statement.Bind(Parameter.ParentKey, row.Key);
        try
        {
            while (statement.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                _add(row.Record, _fill(statement.Values));
            }
        }
        finally
        {
            statement.Reset();
        }
    }

    /// <param name="statements">Of the connection.</param>
    /// <param name="keys">The keys of <paramref name="records"/> as a JSON array.</param>
    /// <param name="records">Records by key.</param>
    /// <param name="cancellationToken">Looked at between rows.</param>
    public void Fill(
        ReaderStatements statements, ReadOnlySpan<byte> keys, Dictionary<string, IMessage> records, CancellationToken cancellationToken)
    {
        var statement = statements.ChildrenOfMany(_index);
        statement.Bind(Parameter.ParentKey, keys);
        try
        {
            while (statement.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (records.TryGetValue(statement.Values.Text(ParentColumn, _parentKey), out var record))
                {
                    _add(record, _fill(statement.Values));
                }
            }
        }
        finally
        {
            statement.Reset();
        }
    }
}
