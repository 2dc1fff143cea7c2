using System.Collections.Frozen;
using Gateway.Core.Annotations;
using Gateway.Core.Sources;
using Gateway.Protos.Annotations.V1;
using Gateway.Stores.Sqlite.Source;
using SQLitePCL;

namespace Gateway.Stores.Sqlite.Usage;

/// <summary>
/// Keeps the usage connection away from who a person is. Before a connection is used, everything it can see is looked through: a view of a
/// registration record, or a column by which a visitor could be led to a customer, ends the start. While it is used, SQLite's own authorizer
/// lets it read the one view and what that view is made of, and nothing else.
/// </summary>
/// <param name="records">Every record; those of registration lend their names.</param>
internal sealed class UsageGuard(IEnumerable<RecordType> records)
{
    /// <summary>The one view.</summary>
    public const string View = "sharing_usage_events";

    // Categories whose columns name a person, or lead to one.
    private static readonly string[] s_personal =
        ["user.name", "user.contact.email", "user.contact.phone_number", "user.account", "user.unique_id", "user.financial", "user.device.ip_address"];

    private readonly FrozenSet<string> _columns = records.Where(r => r.Domain == Domain.Registration).SelectMany(Columns)
        .Concat([SourceLayout.SubjectId, SourceLayout.Recipient, "account_id", "user_id", "email", "ip_address"])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks through what the connection can see, then holds it to its view.</summary>
    /// <exception cref="SourceException">It can see what is none of its business; names all of it.</exception>
    public void Take(SourceConnection connection)
    {
        var seen = Visible(connection);
        var wrong = seen.Select(s => s.Table).Distinct(StringComparer.Ordinal).Where(t => IsView(t) && !IsUsage(t)).Select(t => $"view '{t}'")
            .Concat(seen.Where(s => IsPersonal(s.Column)).Select(s => $"column '{s.Column}' of '{s.Table}'"))
            .ToArray();
        if (wrong.Length > 0)
        {
            throw new SourceException(
                "the usage source can see who a person is; usage events belong into a database of their own, which knows no customer:\n  "
                + string.Join("\n  ", wrong));
        }

        raw.sqlite3_set_authorizer(connection.Handle, Authorize, this);
    }

    private static int Authorize(object guard, int action, string first, string second, string database, string through) => action switch
    {
        raw.SQLITE_SELECT or raw.SQLITE_TRANSACTION or raw.SQLITE_FUNCTION => raw.SQLITE_OK,
        raw.SQLITE_READ => (IsUsage(first) || IsUsage(through)) && !((UsageGuard)guard).IsPersonal(second) ? raw.SQLITE_OK : raw.SQLITE_DENY,
        _ => raw.SQLITE_DENY,
    };

    private bool IsPersonal(string? column) =>
        column is not null && (_columns.Contains(column) || column.StartsWith("customer", StringComparison.OrdinalIgnoreCase));

    private static bool IsUsage(string? name) => string.Equals(name, View, StringComparison.OrdinalIgnoreCase);

    private static bool IsView(string name) => name.StartsWith(GrantQueries.Prefix, StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Columns(RecordType record) => record.AlternateKeys.Prepend(record.Key)
        .Concat(record.Leaves.Where(l => s_personal.Any(p => Taxonomy.Covers(p, l.Category))))
        .Select(l => l.Path.Replace('.', '_'));

    private static List<(string Table, string Column)> Visible(SourceConnection connection)
    {
        var seen = new List<(string, string)>();
        using var statement = new Statement(
            connection, "SELECT m.name, c.name FROM sqlite_schema AS m, pragma_table_info(m.name) AS c WHERE m.type IN ('table', 'view')", "sqlite_schema");
        while (statement.Step())
        {
            seen.Add((statement.Values.Text(0, "name"), statement.Values.Text(1, "name")));
        }

        return seen;
    }
}
