using System.Collections.Immutable;
using Gateway.Core.Sources;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// Reads one subject's records. Rare beside the grants' calls, so its statements are prepared for each call and leave nothing on the
/// connection.
/// </summary>
internal sealed class SqliteSubjectReader : ISubjectReader
{
    private readonly SourcePool _pool;
    private readonly SubjectQueries _queries;
    private readonly Func<RowValues, IMessage> _fill;
    private readonly ImmutableArray<ChildReader> _children;

    public SqliteSubjectReader(SourcePool pool, SubjectQueries queries)
    {
        _pool = pool;
        _queries = queries;
        _fill = MessageCompiler.Compile(queries.Layout.Record.Descriptor, queries.Columns, SubjectQueries.FirstColumn);
        _children = [.. queries.Children.Select((c, i) => new ChildReader(i, c, queries.Layout))];
    }

    public async ValueTask<IReadOnlyList<SourceRow>> ListAsync(string subjectId, int limit, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(subjectId);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        var connection = await _pool.RentAsync(cancellationToken);
        try
        {
            connection.BeginSnapshot();
            var rows = Rows(connection, subjectId, limit, cancellationToken);
            if (rows.Count > 0)
            {
                FillChildren(connection, rows, cancellationToken);
            }

            return rows;
        }
        finally
        {
            connection.EndSnapshot();
            _pool.Return(connection);
        }
    }

    private List<SourceRow> Rows(SourceConnection connection, string subjectId, int limit, CancellationToken cancellationToken)
    {
        using var statement = new Statement(connection, _queries.List, GrantQueries.View(_queries.Layout.Main));
        statement.Bind(SubjectQueries.Subject, subjectId);
        statement.Bind(SubjectQueries.Limit, limit);
        var rows = new List<SourceRow>();
        while (statement.Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var row = Read(statement.Values);
            if (row.SubjectId != subjectId)
            {
                throw statement.Values.Wrong(SourceLayout.SubjectId, "is of another kind than text: the view gives a row that was not asked for");
            }

            rows.Add(row);
        }

        return rows;
    }

    private SourceRow Read(RowValues row)
    {
        var key = Required(row, SubjectQueries.KeyColumn, _queries.Layout.KeyColumn);
        var subject = Required(row, SubjectQueries.SubjectColumn, SourceLayout.SubjectId);
        if (row.IsNull(SubjectQueries.UpdatedColumn))
        {
            throw row.Wrong(SourceLayout.UpdatedAt, "is NULL");
        }

        return new SourceRow(key, subject, row.Instant(SubjectQueries.UpdatedColumn, SourceLayout.UpdatedAt), _fill(row))
        {
            OpenedAt = row.IsNull(SubjectQueries.OpenedColumn) ? null : row.Instant(SubjectQueries.OpenedColumn, SourceLayout.OpenedAt),
        };
    }

    private void FillChildren(SourceConnection connection, List<SourceRow> rows, CancellationToken cancellationToken)
    {
        for (var i = 0; i < _children.Length; i++)
        {
            var queries = _queries.Children[i];
            using var statement = new Statement(connection, queries.OfOne, GrantQueries.View(queries.View));
            foreach (var row in rows)
            {
                _children[i].Fill(statement, row, cancellationToken);
            }
        }
    }

    private static string Required(RowValues row, int column, string name) =>
        !row.IsNull(column) && row.Text(column, name) is { Length: > 0 } text ? text : throw row.Wrong(name, "is NULL or empty");
}
