using Gateway.Stores.Sqlite.Source;

namespace Gateway.Stores.Sqlite.Preferences;

/// <summary>What reads the view of preferences on one connection, each prepared when first used.</summary>
internal sealed class PreferenceStatements(SourceConnection connection) : IDisposable
{
    /// <summary>The view, in the shop's database and in the gateway's own.</summary>
    public const string View = "sharing_preferences";

    public const int SubjectColumn = 0;
    public const int TopicColumn = 1;
    public const int StateColumn = 2;
    public const int ChangedColumn = 3;

    private Statement? _read;
    private Statement? _changes;

    /// <summary>The view's columns, in the order they are read in.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["subject_id", "topic", "state", "changed_at"];

    /// <summary>All preferences of subjects, given as a JSON array in <see cref="Parameter.Key"/>.</summary>
    public Statement Read => _read ??= Prepare(ReadSql);

    public static string ReadSql { get; } =
        $"SELECT subject_id, topic, state, changed_at FROM {View} WHERE subject_id IN (SELECT value FROM json_each(?{Parameter.Key}))";

    /// <summary>
    /// Who changed what after a position. What has no readable time is in no order, and so in no list of changes: it counts as an opt-out
    /// of any time when it is read.
    /// </summary>
    public Statement Changes => _changes ??= Prepare(ChangesSql);

    // The plus sign keeps the check from being taken for a way to search.
    public static string ChangesSql { get; } = $"""
        SELECT subject_id, changed_at FROM {View}
        WHERE (changed_at, subject_id) > (?{Parameter.AfterTime}, ?{Parameter.AfterKey}) AND changed_at < ?{Parameter.BelowTime}
        AND typeof(subject_id) = 'text'
        AND +changed_at IN (strftime('%Y-%m-%dT%H:%M:%fZ', changed_at), strftime('%Y-%m-%dT%H:%M:%SZ', changed_at))
        ORDER BY changed_at, subject_id LIMIT ?{Parameter.Limit}
        """;

    /// <summary>Prepares them all, so that what is wrong with the view shows before the first call.</summary>
    public void PrepareAll() => _ = (Read, Changes);

    public void Dispose()
    {
        _read?.Dispose();
        _changes?.Dispose();
    }

    private Statement Prepare(string sql) => new(connection, sql, View);
}
