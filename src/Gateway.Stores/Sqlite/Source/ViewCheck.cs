using System.Collections.Immutable;
using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Usage;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>Compares what is to be read with what the database has, and names all that is missing at once.</summary>
internal static class ViewCheck
{
    public static void Check(SourceConnection connection, GrantQueries queries) => Check(
        connection, queries.Layout, queries.Columns, queries.Children, "the grant on",
        [
            SourceLayout.Recipient, SourceLayout.SubjectId, SourceLayout.OpenedAt, SourceLayout.ClosedAt, SourceLayout.UpdatedAt,
            .. queries.Layout.Record.Permission is { } permission ? [permission.Path] : Array.Empty<string>(),
        ]);

    public static void Check(SourceConnection connection, SubjectQueries queries) => Check(
        connection, queries.Layout, queries.Columns, queries.Children, "reading one subject's",
        [SourceLayout.SubjectId, SourceLayout.OpenedAt, SourceLayout.UpdatedAt]);

    private static void Check(
        SourceConnection connection, SourceLayout layout, ImmutableArray<SourceColumn> columns, ImmutableArray<ChildQueries> children,
        string reader, string[] routing)
    {
        var missing = Missing(connection, layout.Main, [layout.KeyColumn, .. routing, .. columns.SelectMany(c => c.Names)])
            .Concat(children.SelectMany(c => Missing(
                connection, c.View, [layout.KeyColumn, SourceLayout.Position, .. c.Columns.SelectMany(x => x.Names)])))
            .ToArray();
        if (Read(connection, "SELECT name FROM pragma_table_info(?1)", UsageGuard.View).Count > 0)
        {
            throw new SourceException(
                $"the source of registration records can see '{UsageGuard.View}', what visitors do; move usage events into a database of their own");
        }

        if (missing.Length > 0)
        {
            throw new SourceException(
                $"the source does not have what {reader} {layout.Record.Name} needs:\n  {string.Join("\n  ", missing)}");
        }
    }

    private static List<string> Missing(SourceConnection connection, SourceView view, IEnumerable<string> wanted) =>
        Missing(connection, GrantQueries.View(view), wanted);

    /// <summary>What the database lacks of a view and its columns, each by name.</summary>
    public static List<string> Missing(SourceConnection connection, string name, IEnumerable<string> wanted)
    {
        var columns = Read(connection, "SELECT name FROM pragma_table_info(?1)", name);
        if (columns.Count == 0)
        {
            return [$"view '{name}'"];
        }

        return [.. wanted.Distinct(StringComparer.OrdinalIgnoreCase).Where(w => !columns.Contains(w)).Select(w => $"column '{w}' of view '{name}'")];
    }

    private static HashSet<string> Read(SourceConnection connection, string sql, string parameter)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        using var statement = new Statement(connection, sql, "pragma_table_info");
        statement.Bind(1, parameter);
        while (statement.Step())
        {
            names.Add(statement.Values.Text(0, "name"));
        }

        return names;
    }
}
