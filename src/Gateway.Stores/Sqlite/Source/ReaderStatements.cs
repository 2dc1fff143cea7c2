using Gateway.Core.Annotations;
using Gateway.Core.Sources;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>One reader's statements on one connection, each prepared when first used.</summary>
internal sealed class ReaderStatements(SourceConnection connection, GrantQueries queries, string partner) : IDisposable
{
    private readonly Dictionary<Leaf, Statement> _get = [];
    private readonly Statement?[] _childrenOfOne = new Statement?[queries.Children.Length];
    private readonly Statement?[] _childrenOfMany = new Statement?[queries.Children.Length];
    private Statement? _batchGet;
    private Statement? _list;
    private Statement? _listOpen;
    private Statement? _listOpenOfSubject;
    private Statement? _departures;
    private Statement? _expired;

    public Statement BatchGet => _batchGet ??= Prepare(queries.BatchGet);

    public Statement List => _list ??= Prepare(queries.List);

    public Statement ListOpen => _listOpen ??= Prepare(queries.ListOpen);

    public Statement ListOpenOfSubject => _listOpenOfSubject ??= Prepare(queries.ListOpenOfSubject);

    public Statement Departures => _departures ??= Prepare(queries.Departures);

    public Statement Expired => _expired ??= Prepare(queries.Expired);

    public Statement Get(Leaf key)
    {
        if (!_get.TryGetValue(key, out var statement))
        {
            _get.Add(key, statement = Prepare(queries.Get(key)));
        }

        return statement;
    }

    public Statement ChildrenOfOne(int child) => _childrenOfOne[child] ??= Prepare(queries.Children[child].OfOne, queries.Children[child].View);

    public Statement ChildrenOfMany(int child) => _childrenOfMany[child] ??= Prepare(queries.Children[child].OfMany, queries.Children[child].View);

    /// <summary>Prepares them all, so that what is wrong with a view shows before the first call.</summary>
    public void PrepareAll()
    {
        _ = (Get(queries.Layout.Record.Key), BatchGet, List, ListOpen, ListOpenOfSubject, Departures, Expired);
        for (var i = 0; i < queries.Children.Length; i++)
        {
            _ = (ChildrenOfOne(i), ChildrenOfMany(i));
        }
    }

    public void Dispose()
    {
        foreach (var statement in _get.Values.Concat(_childrenOfOne).Concat(_childrenOfMany)
            .Concat([_batchGet, _list, _listOpen, _listOpenOfSubject, _departures, _expired]))
        {
            statement?.Dispose();
        }
    }

    private Statement Prepare(string sql)
    {
        var statement = Prepare(sql, queries.Layout.Main);
        statement.Bind(Parameter.Partner, partner);
        return statement;
    }

    private Statement Prepare(string sql, SourceView view) => new(connection, sql, GrantQueries.View(view));
}
