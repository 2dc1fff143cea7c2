using System.Text.Json;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Stores.Sqlite.Source;
using Microsoft.Extensions.Logging;

namespace Gateway.Stores.Sqlite.Preferences;

/// <summary>
/// Reads a view of preferences. A row that cannot be read is an opt-out, and is told once a minute: view and column, never a value. Safe
/// for concurrent use.
/// </summary>
internal sealed partial class PreferenceReader(SourcePool pool, string whose, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromMinutes(1);

    private long _toldAt;

    /// <exception cref="SourceException">The view or columns of it are missing: all of them are named.</exception>
    public void Prepare()
    {
        using var connection = pool.Open();
        var missing = ViewCheck.Missing(connection, PreferenceStatements.View, PreferenceStatements.Columns);
        if (missing.Count > 0)
        {
            throw new SourceException(
                $"{whose} does not have what a contract that needs people's permission asks of it:\n  {string.Join("\n  ", missing)}");
        }

        connection.Preferences.PrepareAll();
    }

    public async ValueTask<IReadOnlyList<Preference>> ReadAsync(IReadOnlyList<string> subjectIds, CancellationToken cancellationToken)
    {
        var connection = await pool.RentAsync(cancellationToken);
        try
        {
            var statement = connection.Preferences.Read;
            statement.Bind(Parameter.Key, JsonSerializer.SerializeToUtf8Bytes(subjectIds));
            return Read(statement, cancellationToken);
        }
        finally
        {
            pool.Return(connection);
        }
    }

    public async ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken)
    {
        var connection = await pool.RentAsync(cancellationToken);
        try
        {
            connection.BeginSnapshot();
            return Page.Read(connection.Preferences.Changes, new Cursor(after.ChangedAt, after.SubjectId), limit, Change, cancellationToken)
                .ConvertAll(placed => placed.Value);
        }
        finally
        {
            connection.EndSnapshot();
            pool.Return(connection);
        }
    }

    private List<Preference> Read(Statement statement, CancellationToken cancellationToken)
    {
        var preferences = new List<Preference>();
        try
        {
            while (statement.Step())
            {
                cancellationToken.ThrowIfCancellationRequested();
                preferences.Add(Preference(statement.Values));
            }
        }
        finally
        {
            statement.Reset();
        }

        return preferences;
    }

    private Preference Preference(RowValues row)
    {
        var subject = row.Text(PreferenceStatements.SubjectColumn, PreferenceStatements.Columns[PreferenceStatements.SubjectColumn]);
        if (row.TryText(PreferenceStatements.TopicColumn) is not { Length: > 0 } topic)
        {
            return Unreadable(subject, Core.Permissions.Preference.EveryTopic, PreferenceStatements.TopicColumn);
        }

        if (PreferenceStates.Parse(row.TryText(PreferenceStatements.StateColumn)) is not { } state)
        {
            return Unreadable(subject, topic, PreferenceStatements.StateColumn);
        }

        return row.TryInstant(PreferenceStatements.ChangedColumn) is { } changed
            ? new Preference(subject, topic, state, changed)
            : Unreadable(subject, topic, PreferenceStatements.ChangedColumn);
    }

    private Preference Unreadable(string subject, string topic, int column)
    {
        var (now, told) = (clock.GetTimestamp(), Interlocked.Read(ref _toldAt));
        if ((told == 0 || clock.GetElapsedTime(told, now) >= s_quiet) && Interlocked.CompareExchange(ref _toldAt, now, told) == told)
        {
            Log.Unreadable(logger, whose, PreferenceStatements.View, PreferenceStatements.Columns[column]);
        }

        return Core.Permissions.Preference.Unreadable(subject, topic);
    }

    private static Placed<PreferenceChange> Change(RowValues row)
    {
        var subject = row.Text(0, PreferenceStatements.Columns[PreferenceStatements.SubjectColumn]);
        var changed = row.Instant(1, PreferenceStatements.Columns[PreferenceStatements.ChangedColumn]);
        return new(changed, subject, SourceInstant.HasFraction(row.Length(1)), new PreferenceChange(subject, changed));
    }

    private static partial class Log
    {
        [LoggerMessage(1800, LogLevel.Warning,
            "A row of {Whose}, view '{View}', cannot be read in column '{Column}': it counts as an opt-out. This is told once a minute.",
            EventName = "PreferenceUnreadable")]
        public static partial void Unreadable(ILogger logger, string whose, string view, string column);
    }
}
