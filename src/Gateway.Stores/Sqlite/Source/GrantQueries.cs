using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;
using static Gateway.Stores.Sqlite.Source.Parameter;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// The SQL of one grant: its granted columns, the key and the routing columns, nothing else. Every statement but that of departures
/// holds the partner and the window in its WHERE clause, so that unknown, foreign and lapsed are the same empty answer.
/// </summary>
internal sealed class GrantQueries
{
    /// <summary>What the names of all our views begin with.</summary>
    public const string Prefix = "sharing_";

    public const int KeyColumn = 0;
    public const int SubjectColumn = 1;
    public const int UpdatedColumn = 2;
    public const int OpenedColumn = 3;
    public const int ClosedColumn = 4;
    public const int RecipientColumn = 5;

    /// <summary>The permission's column, in the statements that give records; NULL where the record needs none.</summary>
    public const int ListColumn = 5;

    /// <summary>First of the granted columns.</summary>
    public const int FirstColumn = 6;

    /// <summary>First of the granted columns in a repeated message's view.</summary>
    public const int FirstChildColumn = 1;

    private readonly string _select;
    private readonly string _available;
    private readonly string _key;

    public GrantQueries(Grant grant)
    {
        Layout = SourceLayout.Of(grant.Record);
        Columns = [.. Layout.Main.Columns.Where(c => grant.Granted.Has(c.Leaf.Index))];
        Children = [.. Layout.Children.Select(v => new ChildQueries(v, Layout.KeyColumn, grant.Granted)).Where(c => !c.Columns.IsEmpty)];

        var view = Quote(View(Layout.Main));
        _key = Quote(Layout.KeyColumn);
        var routing = $"{_key}, subject_id, updated_at, opened_at, closed_at";
        var list = grant.Record.Permission is { } permission ? Quote(permission.Path) : "NULL";
        _select = $"SELECT {string.Join(", ", Columns.SelectMany(c => c.Names).Select(Quote).Prepend($"{routing}, {list}"))} FROM {view}";
        // BINARY whatever collation the shop gave the column: routing is compared byte by byte.
        var mine = $"recipient = ?{Parameter.Partner} COLLATE BINARY";
        var open = Threshold.IsAfter("opened_at", OpenedAfter, OpenedAfterSecond);
        var malformed = $"opened_at IS NULL OR opened_at {SourceInstant.Malformed} OR closed_at {SourceInstant.Malformed}";
        var closed = grant.Window > TimeSpan.Zero ? $" OR {Threshold.IsAfter("closed_at", ClosedAfter, ClosedAfterSecond)}" : "";
        _available = $"{mine} AND ((closed_at IS NULL AND {open}){closed} OR {malformed})";
        var after = $"(updated_at, {_key}) > (?{AfterTime}, ?{AfterKey}) AND updated_at < ?{BelowTime}";
        var page = $"ORDER BY updated_at, {_key} LIMIT ?{Limit}";

        BatchGet = $"{_select} WHERE {_key} IN (SELECT value FROM json_each(?{Key})) AND {_available}";
        List = $"{_select} WHERE {_available} AND {after} {page}";
        ListOpen = $"{_select} WHERE {mine} AND ((closed_at IS NULL AND {open}) OR {malformed}) AND {after} {page}";
        // The plus signs leave a subject's few rows to the index over subjects.
        ListOpenOfSubject = $"""
            {_select} WHERE subject_id = ?{Subject} COLLATE BINARY AND +{mine} AND ((closed_at IS NULL AND {open}) OR {malformed})
            AND (+updated_at, +{_key}) > (?{AfterTime}, ?{AfterKey}) AND +updated_at < ?{BelowTime} ORDER BY +updated_at, +{_key} LIMIT ?{Limit}
            """;
        Departures = $"""
            SELECT {routing}, recipient FROM {view}
            WHERE (recipient IS NOT ?{Parameter.Partner} COLLATE BINARY OR closed_at IS NOT NULL OR opened_at IS NULL OR NOT {open}) AND {after} {page}
            """;
        Expired = $"""
            SELECT {routing}, recipient FROM {view}
            WHERE {mine} AND closed_at IS NULL AND {open} AND (opened_at <= ?{OpenedUpTo} OR opened_at = ?{OpenedUpToSecond})
            ORDER BY opened_at, {_key}
            """;
    }

    /// <summary>The names in the database.</summary>
    public SourceLayout Layout { get; }

    /// <summary>The granted columns, in the order they are read in from <see cref="FirstColumn"/>.</summary>
    public ImmutableArray<SourceColumn> Columns { get; }

    /// <summary>Repeated messages of which something is granted.</summary>
    public ImmutableArray<ChildQueries> Children { get; }

    public string BatchGet { get; }

    public string List { get; }

    public string ListOpen { get; }

    public string ListOpenOfSubject { get; }

    public string Departures { get; }

    public string Expired { get; }

    /// <summary>
    /// Reads by the key or an alternate key, which it names in the WHERE clause only. Two rows at most: a second one with the same key
    /// means that the view is wrong; of an alternate key's the one changed last comes first.
    /// </summary>
    public string Get(Leaf key) => key == Layout.Record.Key
        ? $"{_select} WHERE {_key} = ?{Key} AND {_available} LIMIT 2"
        : $"{_select} WHERE {Quote(key.Path)} = ?{Key} AND {_available} {LastChangedFirst(_key)} LIMIT 1";

    /// <summary>Within one second the text without a fraction is the earliest.</summary>
    public static string LastChangedFirst(string key) =>
        $"ORDER BY substr(updated_at, 1, 19) DESC, length(updated_at) DESC, updated_at DESC, {key} DESC";

    /// <summary>The view's name in SQLite, which has no schemas of its own.</summary>
    public static string View(SourceView view) => Prefix + view.Name;

    // Brackets: SQLite takes a double-quoted name that it does not find for a text, and would serve the name as data.
    public static string Quote(string name) => $"[{name}]";
}

/// <summary>The SQL of one repeated message.</summary>
internal sealed class ChildQueries
{
    public ChildQueries(SourceView view, string parentKey, FieldSet fields)
    {
        View = view;
        Columns = [.. view.Columns.Where(c => fields.Has(c.Leaf.Index))];
        var key = GrantQueries.Quote(parentKey);
        var select = $"SELECT {string.Join(", ", Columns.SelectMany(c => c.Names).Select(GrantQueries.Quote).Prepend(key))} FROM {GrantQueries.Quote(GrantQueries.View(view))}";
        OfOne = $"{select} WHERE {key} = ?{ParentKey} ORDER BY {SourceLayout.Position}";
        OfMany = $"{select} WHERE {key} IN (SELECT value FROM json_each(?{ParentKey})) ORDER BY {key}, {SourceLayout.Position}";
    }

    public SourceView View { get; }

    /// <summary>The granted columns, in the order they are read in from <see cref="GrantQueries.FirstChildColumn"/>.</summary>
    public ImmutableArray<SourceColumn> Columns { get; }

    /// <summary>The rows of one record.</summary>
    public string OfOne { get; }

    /// <summary>The rows of several records, given as a JSON array of keys.</summary>
    public string OfMany { get; }
}
