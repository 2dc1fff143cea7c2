using Gateway.Core.Permissions;

namespace Gateway.Core.Tests.Exchange;

/// <summary>Preferences in memory that answer as a store over SQL does, or fail as they are told.</summary>
internal sealed class MemoryPreferences : IPreferenceStore
{
    private readonly List<Preference> _said = [];

    /// <summary>Thrown by each read; null to answer.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Thrown when it is tried; null where it can answer.</summary>
    public Exception? Lacks { get; set; }

    /// <summary>What was asked, in order: the subjects of each read.</summary>
    public List<IReadOnlyList<string>> Asked { get; } = [];

    public void Say(string subject, string topic, PreferenceState state, DateTimeOffset at) => _said.Add(new Preference(subject, topic, state, at));

    /// <summary>The rows of this subject vanish, and nothing tells of it.</summary>
    public void Lose(string subject) => _said.RemoveAll(p => p.SubjectId == subject);

    public void Prepare()
    {
        if (Lacks is not null)
        {
            throw Lacks;
        }
    }

    public ValueTask<IReadOnlyList<Preference>> ReadAsync(IReadOnlyList<string> subjectIds, CancellationToken cancellationToken)
    {
        Asked.Add(subjectIds);
        return Fault is null ? new([.. _said.Where(p => subjectIds.Contains(p.SubjectId, StringComparer.Ordinal))]) : throw Fault;
    }

    public ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken) =>
        Fault is null
            ? new([.. _said.Select(p => new PreferenceChange(p.SubjectId, p.ChangedAt))
                .Where(c => c.ChangedAt > after.ChangedAt || (c.ChangedAt == after.ChangedAt && string.CompareOrdinal(c.SubjectId, after.SubjectId) > 0))
                .OrderBy(c => c.ChangedAt).ThenBy(c => c.SubjectId, StringComparer.Ordinal).Take(limit)])
            : throw Fault;

    public ValueTask WriteAsync(IReadOnlyList<Preference> preferences, CancellationToken cancellationToken)
    {
        _said.AddRange(preferences);
        return ValueTask.CompletedTask;
    }

    public ValueTask ForgetAsync(string subjectId, CancellationToken cancellationToken)
    {
        Lose(subjectId);
        return ValueTask.CompletedTask;
    }
}
