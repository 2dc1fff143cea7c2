using Gateway.Core.Sources;

namespace Gateway.Core.Permissions;

/// <summary>
/// Where preferences are read from: the shop's view, or what customers told the gateway itself. A process boundary. All members throw
/// <see cref="SourceException"/> when it cannot answer. A preference that cannot be read is given as opted out, never left out.
/// </summary>
public interface IPreferenceSource
{
    /// <summary>Tries whether it can answer at all: called at start and at each reload when a contract needs it. Tells everything that is missing.</summary>
    void Prepare();

    /// <summary>All preferences of these subjects, in any order; a subject without any is simply not there.</summary>
    ValueTask<IReadOnlyList<Preference>> ReadAsync(IReadOnlyList<string> subjectIds, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> subjects with a preference changed after <paramref name="after"/>, in order of (changed_at, subject).</summary>
    ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken);
}

/// <summary>What customers told the gateway itself: written here and never into the shop's own tables.</summary>
public interface IPreferenceStore : IPreferenceSource
{
    /// <summary>Keeps the preferences, durable when this completes. The newest of a subject and topic counts.</summary>
    ValueTask WriteAsync(IReadOnlyList<Preference> preferences, CancellationToken cancellationToken);

    /// <summary>Removes all that is kept of the subject.</summary>
    ValueTask ForgetAsync(string subjectId, CancellationToken cancellationToken);
}

/// <summary>A subject one of whose preferences changed.</summary>
public readonly record struct PreferenceChange(string SubjectId, DateTimeOffset ChangedAt);

/// <summary>A position in the order (changed_at, subject), exclusive.</summary>
public readonly record struct PreferenceCursor(DateTimeOffset ChangedAt, string SubjectId);
