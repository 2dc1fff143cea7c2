using System.Collections.Immutable;
using System.Text.Json;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Sources;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>Reads one grant's records. A call has a connection for itself, and sees one state of the database.</summary>
internal sealed class SqliteGrantReader : IGrantReader
{
    private readonly SourcePool _pool;
    private readonly int _id;
    private readonly Grant _grant;
    private readonly GrantQueries _queries;
    private readonly ImmutableArray<ChildReader> _children;
    private readonly RowReader _rows;
    private AvailabilityBounds? _bounds;

    public SqliteGrantReader(SourcePool pool, int id, Grant grant, GrantQueries queries)
    {
        _pool = pool;
        _id = id;
        _grant = grant;
        _queries = queries;
        _children = [.. queries.Children.Select((c, i) => new ChildReader(i, c, queries.Layout))];
        _rows = new RowReader(grant, queries);
    }

    public ValueTask<SourceRow?> GetAsync(Leaf key, string value, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync(static (me, call, ask) => me.Get(call, ask.key, ask.value), (key, value), now, cancellationToken);

    public ValueTask<IReadOnlyList<SourceRow>> BatchGetAsync(
        IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<SourceRow>, IReadOnlyList<string>>(static (me, call, keys) => me.BatchGet(call, keys), keys, now, cancellationToken);

    public ValueTask<IReadOnlyList<SourceRow>> ListAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<SourceRow>, (Cursor After, int Limit)>(
            static (me, call, page) => me.List(call, call.Statements.List, page.After, page.Limit), (after, limit), now, cancellationToken);

    public ValueTask<IReadOnlyList<SourceRow>> ListOpenAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<SourceRow>, (Cursor After, int Limit)>(
            static (me, call, page) => me.List(call, call.Statements.ListOpen, page.After, page.Limit), (after, limit), now, cancellationToken);

    public ValueTask<IReadOnlyList<SourceRow>> ListOpenOfSubjectAsync(
        string subjectId, Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<SourceRow>, (string Subject, Cursor After, int Limit)>(
            static (me, call, page) =>
            {
                var statement = call.Statements.ListOpenOfSubject;
                statement.Bind(Parameter.Subject, page.Subject);
                return me.List(call, statement, page.After, page.Limit);
            },
            (subjectId, after, limit), now, cancellationToken);

    public ValueTask<IReadOnlyList<Departure>> ListDeparturesAsync(
        Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<Departure>, (Cursor After, int Limit)>(
            static (me, call, page) => me.ListDepartures(call, page.After, page.Limit), (after, limit), now, cancellationToken);

    public ValueTask<IReadOnlyList<Departure>> ListExpiredAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<Departure>, (DateTimeOffset Since, DateTimeOffset Now)>(
            static (me, call, times) => me.ListExpired(call, times.Since, times.Now), (since, now), now, cancellationToken);

    private async ValueTask<T> RunAsync<T, TAsk>(
        Func<SqliteGrantReader, Call, TAsk, T> read, TAsk ask, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = await _pool.RentAsync(cancellationToken);
        try
        {
            var statements = connection.StatementsOf(_id, _queries, _grant.Partner);
            return read(this, new Call(connection, statements, now, cancellationToken), ask);
        }
        finally
        {
            connection.EndSnapshot();
            _pool.Return(connection);
        }
    }

    private SourceRow? Get(in Call call, Leaf key, string value)
    {
        if (!_children.IsEmpty)
        {
            call.Connection.BeginSnapshot();
        }

        var statement = call.Statements.Get(key);
        Available(statement, call.Now);
        statement.Bind(Parameter.Key, value);
        SourceRow row;
        try
        {
            if (!statement.Step())
            {
                return null;
            }

            row = _rows.Read(statement.Values).Value;
            if (key == _grant.Record.Key)
            {
                if (statement.Step())
                {
                    throw _rows.KeyTwice(statement.Values);
                }

                if (row.Key != value)
                {
                    // The column's collation calls them equal; they are two keys.
                    return null;
                }
            }
        }
        finally
        {
            statement.Reset();
        }

        foreach (var child in _children)
        {
            child.Fill(call.Statements, row, call.CancellationToken);
        }

        return row;
    }

    private List<SourceRow> BatchGet(in Call call, IReadOnlyList<string> keys)
    {
        call.Connection.BeginSnapshot();
        var statement = call.Statements.BatchGet;
        Available(statement, call.Now);
        statement.Bind(Parameter.Key, JsonSerializer.SerializeToUtf8Bytes(keys));
        var found = new Dictionary<string, SourceRow>(keys.Count, StringComparer.Ordinal);
        try
        {
            while (statement.Step())
            {
                call.CancellationToken.ThrowIfCancellationRequested();
                var row = _rows.Read(statement.Values).Value;
                if (!found.TryAdd(row.Key, row))
                {
                    throw _rows.KeyTwice(statement.Values);
                }
            }
        }
        finally
        {
            statement.Reset();
        }

        var rows = new List<SourceRow>(found.Count);
        foreach (var key in keys)
        {
            if (found.Remove(key, out var row))
            {
                rows.Add(row);
            }
        }

        return WithChildren(call, rows);
    }

    private List<SourceRow> List(in Call call, Statement statement, Cursor after, int limit)
    {
        call.Connection.BeginSnapshot();
        Available(statement, call.Now);
        var page = Page.Read(statement, after, limit, _rows.Read, call.CancellationToken);
        var rows = new List<SourceRow>(page.Count);
        foreach (var placed in page)
        {
            if (rows.Count > 0 && rows[^1].Key == placed.Key)
            {
                throw _rows.KeyTwice(statement.Values);
            }

            rows.Add(placed.Value);
        }

        return WithChildren(call, rows);
    }

    private List<Departure> ListDepartures(in Call call, Cursor after, int limit)
    {
        call.Connection.BeginSnapshot();
        var statement = call.Statements.Departures;
        Available(statement, call.Now);
        return Page.Read(statement, after, limit, _rows.ReadDeparture, call.CancellationToken).ConvertAll(p => p.Value);
    }

    private List<Departure> ListExpired(in Call call, DateTimeOffset since, DateTimeOffset now)
    {
        var statement = call.Statements.Expired;
        statement.Bind(Parameter.OpenedAfter, Parameter.OpenedAfterSecond, Threshold.Before(since, _grant.MaxOpen));
        statement.Bind(Parameter.OpenedUpTo, Parameter.OpenedUpToSecond, Threshold.Before(now, _grant.MaxOpen));
        var rows = new List<Departure>();
        try
        {
            while (statement.Step())
            {
                call.CancellationToken.ThrowIfCancellationRequested();
                rows.Add(_rows.ReadDeparture(statement.Values).Value);
            }
        }
        finally
        {
            statement.Reset();
        }

        return rows;
    }

    private List<SourceRow> WithChildren(in Call call, List<SourceRow> rows)
    {
        if (rows.Count > 0 && !_children.IsEmpty)
        {
            var records = rows.ToDictionary(r => r.Key, r => r.Record, StringComparer.Ordinal);
            var keys = JsonSerializer.SerializeToUtf8Bytes(records.Keys);
            foreach (var child in _children)
            {
                child.Fill(call.Statements, keys, records, call.CancellationToken);
            }
        }

        return rows;
    }

    private void Available(Statement statement, DateTimeOffset now) => AvailabilityBounds.At(_grant, now, ref _bounds).Bind(statement);

    private readonly record struct Call(
        SourceConnection Connection, ReaderStatements Statements, DateTimeOffset Now, CancellationToken CancellationToken);
}
