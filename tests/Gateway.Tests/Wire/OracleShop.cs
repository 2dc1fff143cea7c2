using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Wire;

/// <summary>One row of a view as SQLite gives it, with the rows of its repeated messages.</summary>
internal sealed record OracleRow(IReadOnlyDictionary<string, object?> Columns, IReadOnlyDictionary<string, List<OracleRow>> Children)
{
    public string Text(string column) => (string)Columns[column]!;

    public string? Recipient => (string?)Columns["recipient"];

    public DateTimeOffset OpenedAt => Instant("opened_at")!.Value;

    public DateTimeOffset? ClosedAt => Instant("closed_at");

    public DateTimeOffset UpdatedAt => Instant("updated_at")!.Value;

    private DateTimeOffset? Instant(string column) => Columns[column] is string text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;
}

/// <summary>The shop's views, read with plain SQL over every column: the second opinion on what there is to get.</summary>
internal static class OracleShop
{
    /// <param name="connection">The shop.</param>
    /// <param name="source">The view without its prefix.</param>
    /// <param name="key">Its key column.</param>
    /// <param name="repeated">Names of its repeated messages.</param>
    public static List<OracleRow> Read(SqliteConnection connection, string source, string key, IEnumerable<string> repeated)
    {
        var children = repeated.ToDictionary(
            name => name,
            name => Rows(connection, $"SELECT * FROM sharing_{source}_{name} ORDER BY position").ToLookup(r => (string)r[key]!, StringComparer.Ordinal),
            StringComparer.Ordinal);
        return [.. Rows(connection, $"SELECT * FROM sharing_{source}").Select(row => new OracleRow(
            row,
            children.ToDictionary(
                c => c.Key,
                c => c.Value[(string)row[key]!].Select(r => new OracleRow(r, new Dictionary<string, List<OracleRow>>(StringComparer.Ordinal))).ToList(),
                StringComparer.Ordinal)))];
    }

    private static List<Dictionary<string, object?>> Rows(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<Dictionary<string, object?>>();
        while (reader.Read())
        {
            rows.Add(Enumerable.Range(0, reader.FieldCount).ToDictionary(
                reader.GetName, i => reader.IsDBNull(i) ? null : reader.GetValue(i), StringComparer.Ordinal));
        }

        return rows;
    }
}
