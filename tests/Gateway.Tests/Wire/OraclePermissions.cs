using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Gateway.Tests.Wire;

/// <summary>Who may be written to: the view of preferences read with plain SQL, and the rule written a second time from its description.</summary>
internal sealed class OraclePermissions
{
    private readonly Dictionary<(string Subject, string Topic), (string State, DateTimeOffset ChangedAt)> _said = [];
    private readonly IReadOnlyDictionary<string, string> _lists;

    public OraclePermissions(SqliteConnection shop, IReadOnlyDictionary<string, string> lists)
    {
        _lists = lists;
        using var command = shop.CreateCommand();
        command.CommandText = "SELECT subject_id, topic, state, changed_at FROM sharing_preferences";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            _said.Add(
                (reader.GetString(0), reader.GetString(1)),
                (reader.GetString(2), DateTimeOffset.Parse(reader.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
        }
    }

    /// <param name="row">A row of a record's view.</param>
    /// <param name="listColumn">The column that names its list; null where the record needs no permission.</param>
    /// <param name="grant">Under which it would leave.</param>
    /// <param name="now">When.</param>
    public bool Allow(OracleRow row, string? listColumn, OracleGrant grant, DateTimeOffset now)
    {
        if (listColumn is null && grant.Basis != "consent")
        {
            return true;
        }

        var topic = listColumn is null ? grant.Purpose : row.Text(listColumn);
        if (listColumn is not null && _lists.GetValueOrDefault(topic) != grant.Purpose)
        {
            return false;
        }

        return Find(row, grant.Purpose)?.State != "opted_out"
            && Find(row, topic) is { } said && said.ChangedAt <= now
            && (said.State == "requested" || (said.State == "soft_opt_in" && listColumn is not null && grant.Basis != "consent"));
    }

    private (string State, DateTimeOffset ChangedAt)? Find(OracleRow row, string topic) =>
        _said.TryGetValue((row.Text("subject_id"), topic), out var said) ? said : null;
}
