using Gateway.Core.Contracts;
using Gateway.Core.Sources;
using Google.Protobuf;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>A row of the record's view → what the interface gives. Routing columns are checked in each row that is read.</summary>
internal sealed class RowReader
{
    private readonly Func<RowValues, IMessage> _fill;
    private readonly string _key;
    private readonly string _partner;
    private readonly string? _list;

    public RowReader(Grant grant, GrantQueries queries)
    {
        _fill = MessageCompiler.Compile(grant.Record.Descriptor, queries.Columns, GrantQueries.FirstColumn);
        _key = queries.Layout.KeyColumn;
        _partner = grant.Partner;
        _list = grant.Record.Permission?.Path;
        Read = ReadRow;
        ReadDeparture = ReadDepartedRow;
    }

    /// <summary>The record, without its repeated messages.</summary>
    public Func<RowValues, Placed<SourceRow>> Read { get; }

    /// <summary>Routing columns only.</summary>
    public Func<RowValues, Placed<Departure>> ReadDeparture { get; }

    /// <summary>The view is not one row a key: which of them is the record, nobody can say.</summary>
    public SourceException KeyTwice(RowValues row) => row.Wrong(_key, "is not unique: the view gives more than one row with the same key");

    private Placed<SourceRow> ReadRow(RowValues row)
    {
        var (key, subject, updated) = Routing(row);
        CheckTimes(row);
        return new(updated, key, Fraction(row), new SourceRow(key, subject, updated, _fill(row)) { List = List(row) });
    }

    private Placed<Departure> ReadDepartedRow(RowValues row)
    {
        var (key, subject, updated) = Routing(row);
        var mine = !row.IsNull(GrantQueries.RecipientColumn)
            && row.Text(GrantQueries.RecipientColumn, SourceLayout.Recipient) == _partner;
        if (mine)
        {
            // Of another partner's row nothing is judged: its fault must not stop this one.
            CheckTimes(row);
        }

        var reason = !mine ? DepartureReason.Withdrawn
            : row.IsNull(GrantQueries.ClosedColumn) ? DepartureReason.Expired : DepartureReason.Closed;
        return new(updated, key, Fraction(row), new Departure(key, subject, updated, reason));
    }

    private (string Key, string Subject, DateTimeOffset Updated) Routing(RowValues row) => (
        Required(row, GrantQueries.KeyColumn, _key),
        Required(row, GrantQueries.SubjectColumn, SourceLayout.SubjectId),
        RequiredInstant(row, GrantQueries.UpdatedColumn, SourceLayout.UpdatedAt));

    private static void CheckTimes(RowValues row)
    {
        RequiredInstant(row, GrantQueries.OpenedColumn, SourceLayout.OpenedAt);
        if (!row.IsNull(GrantQueries.ClosedColumn))
        {
            row.Instant(GrantQueries.ClosedColumn, SourceLayout.ClosedAt);
        }
    }

    private string? List(RowValues row) =>
        _list is null || row.IsNull(GrantQueries.ListColumn) ? null : row.Text(GrantQueries.ListColumn, _list);

    private static bool Fraction(RowValues row) => SourceInstant.HasFraction(row.Length(GrantQueries.UpdatedColumn));

    private static string Required(RowValues row, int column, string name)
    {
        ThrowIfNull(row, column, name);
        var text = row.Text(column, name);
        return text.Length > 0 ? text : throw row.Wrong(name, "is empty");
    }

    private static DateTimeOffset RequiredInstant(RowValues row, int column, string name)
    {
        ThrowIfNull(row, column, name);
        return row.Instant(column, name);
    }

    private static void ThrowIfNull(RowValues row, int column, string name)
    {
        if (row.IsNull(column))
        {
            throw row.Wrong(name, "is NULL");
        }
    }
}
