using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Google.Protobuf.Reflection;

namespace Gateway.Core.Sources;

/// <summary>
/// The names a record's views and columns carry in the shop's database. Columns are named after leaves, underscores for dots; a
/// repeated message is a view of its own.
/// </summary>
public sealed class SourceLayout
{
    /// <summary>Partner id: whose record it is.</summary>
    public const string Recipient = "recipient";

    /// <summary>The shop's id of the person.</summary>
    public const string SubjectId = "subject_id";

    /// <summary>When it became the partner's to work on.</summary>
    public const string OpenedAt = "opened_at";

    /// <summary>When it was done; NULL while open.</summary>
    public const string ClosedAt = "closed_at";

    /// <summary>Last change.</summary>
    public const string UpdatedAt = "updated_at";

    /// <summary>Order of a repeated message's rows.</summary>
    public const string Position = "position";

    private static readonly string[] s_routing = [Recipient, SubjectId, OpenedAt, ClosedAt, UpdatedAt];

    private SourceLayout(RecordType record, SourceView main, ImmutableArray<SourceView> children)
    {
        Record = record;
        Main = main;
        Children = children;
        KeyColumn = record.Key.Path;
    }

    /// <summary>The record.</summary>
    public RecordType Record { get; }

    /// <summary>The key's column, in the record's view and in those of its repeated messages.</summary>
    public string KeyColumn { get; }

    /// <summary>The record's view.</summary>
    public SourceView Main { get; }

    /// <summary>The views of its repeated messages.</summary>
    public ImmutableArray<SourceView> Children { get; }

    /// <summary>The layout of <paramref name="record"/>.</summary>
    /// <exception cref="SourceException">Two fields would share a column, or two messages a view.</exception>
    public static SourceLayout Of(RecordType record)
    {
        var main = new SourceView(record.Source, record.Descriptor, [], [.. record.Leaves.Where(l => l.Repeated < 0).Select(Column)]);
        var children = record.Leaves.Where(l => l.Repeated >= 0)
            .GroupBy(l => string.Join('.', l.Fields.Take(l.Repeated + 1).Select(f => f.Name)), StringComparer.Ordinal)
            .Select(g => Child(record, [.. g]))
            .ToImmutableArray();
        var errors = Collisions(main, s_routing)
            .Concat(children.SelectMany(c => Collisions(c, [record.Key.Path, Position])))
            .Concat(children.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1)
                .Select(g => $"view '{g.Key}' is named by {string.Join(" and ", g.Select(c => string.Join('.', c.Chain.Select(f => f.Name))))}"))
            .ToArray();
        return errors.Length == 0 ? new SourceLayout(record, main, children) : throw new SourceException(
            $"{record.Name} has fields that would share a name in the source; rename one:\n  {string.Join("\n  ", errors)}");
    }

    private static SourceView Child(RecordType record, ImmutableArray<Leaf> leaves)
    {
        var chain = leaves[0].Fields.Take(leaves[0].Repeated + 1).ToImmutableArray();
        return new SourceView($"{record.Source}_{string.Join('_', chain.Select(f => f.Name))}", chain[^1].MessageType, chain, [.. leaves.Select(Column)]);
    }

    private static SourceColumn Column(Leaf leaf)
    {
        var fields = leaf.Fields.Skip(leaf.Repeated + 1).ToImmutableArray();
        return new SourceColumn(string.Join('_', fields.Select(f => f.Name)), leaf, fields);
    }

    private static IEnumerable<string> Collisions(SourceView view, string[] reserved) =>
        view.Columns.SelectMany(c => c.Names.Select(n => (Name: n, By: c.Leaf.Path)))
            .Concat(reserved.Select(r => (Name: r, By: "the gateway itself")))
            .GroupBy(x => x.Name, x => x.By, StringComparer.OrdinalIgnoreCase)
            .Where(g => g.Count() > 1)
            .Select(g => $"column '{g.Key}' of view '{view.Name}' is named by {string.Join(" and ", g)}");
}

/// <summary>One view.</summary>
/// <param name="Name">Without prefix or schema: <c>shipments</c>, <c>shipments_lines</c>.</param>
/// <param name="Message">What a row of it fills.</param>
/// <param name="Chain">Fields from the record to the repeated message; empty for the record's own view.</param>
/// <param name="Columns">A column a leaf, in the record's order.</param>
public sealed record SourceView(
    string Name, MessageDescriptor Message, ImmutableArray<FieldDescriptor> Chain, ImmutableArray<SourceColumn> Columns);

/// <summary>The column of one leaf; Money takes a second one for its currency.</summary>
/// <param name="Name">The column.</param>
/// <param name="Leaf">Its leaf.</param>
/// <param name="Fields">Fields from the row's message down to the leaf.</param>
public sealed record SourceColumn(string Name, Leaf Leaf, ImmutableArray<FieldDescriptor> Fields)
{
    /// <summary>The currency's column of a Money; null for anything else.</summary>
    public string? Currency { get; } = Leaf.IsMoney ? Name + "_currency" : null;

    /// <summary>The columns it takes.</summary>
    public ImmutableArray<string> Names => Currency is null ? [Name] : [Name, Currency];
}
