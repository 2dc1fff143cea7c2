using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Minimisation;
using Gateway.Core.Sources;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>The SQL that reads one subject's records: the columns asked for, the key, the subject, its two times, nothing else.</summary>
internal sealed class SubjectQueries
{
    public const int KeyColumn = 0;
    public const int SubjectColumn = 1;
    public const int UpdatedColumn = 2;

    public const int OpenedColumn = 3;

    /// <summary>First of the columns asked for.</summary>
    public const int FirstColumn = 4;

    /// <summary>Parameters of <see cref="List"/>.</summary>
    public const int Subject = 1;
    public const int Limit = 2;

    public SubjectQueries(RecordType record, FieldSet fields)
    {
        Layout = SourceLayout.Of(record);
        Columns = [.. Layout.Main.Columns.Where(c => fields.Has(c.Leaf.Index))];
        Children = [.. Layout.Children.Select(v => new ChildQueries(v, Layout.KeyColumn, fields)).Where(c => !c.Columns.IsEmpty)];
        var key = GrantQueries.Quote(Layout.KeyColumn);
        var columns = Columns.SelectMany(c => c.Names).Select(GrantQueries.Quote).Prepend($"{key}, subject_id, updated_at, opened_at");
        // BINARY whatever collation the shop gave the column: two people whose ids differ in case are two people.
        List = $"""
            SELECT {string.Join(", ", columns)} FROM {GrantQueries.Quote(GrantQueries.View(Layout.Main))}
            WHERE subject_id = ?{Subject} COLLATE BINARY {GrantQueries.LastChangedFirst(key)} LIMIT ?{Limit}
            """;
    }

    /// <summary>The names in the database.</summary>
    public SourceLayout Layout { get; }

    /// <summary>The columns asked for, in the order they are read in from <see cref="FirstColumn"/>.</summary>
    public ImmutableArray<SourceColumn> Columns { get; }

    /// <summary>Repeated messages of which something is asked for.</summary>
    public ImmutableArray<ChildQueries> Children { get; }

    public string List { get; }
}
