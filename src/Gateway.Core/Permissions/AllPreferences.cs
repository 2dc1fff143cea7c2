namespace Gateway.Core.Permissions;

/// <summary>
/// What subjects said, wherever they said it: in the shop's view and in what they told the gateway itself. Asked at each decision; nothing
/// is kept. Safe for concurrent use. All members throw <see cref="Sources.SourceException"/> when either cannot answer: half an answer
/// could lack the opt-out.
/// </summary>
public sealed class AllPreferences(IPreferenceSource shop, IPreferenceStore own)
{
    /// <summary>Tries both; see <see cref="IPreferenceSource.Prepare"/>.</summary>
    public void Prepare()
    {
        shop.Prepare();
        own.Prepare();
    }

    /// <summary>What counts for these subjects; one who never said anything is not there.</summary>
    public async ValueTask<IReadOnlyDictionary<string, SubjectPreferences>> ReadAsync(
        IReadOnlyList<string> subjectIds, CancellationToken cancellationToken)
    {
        var said = new Dictionary<string, SubjectPreferences>(StringComparer.Ordinal);
        Add(said, await shop.ReadAsync(subjectIds, cancellationToken));
        Add(said, await own.ReadAsync(subjectIds, cancellationToken));
        return said;
    }

    /// <summary>What counts for one subject.</summary>
    public async ValueTask<SubjectPreferences> PreferencesOfAsync(string subjectId, CancellationToken cancellationToken) =>
        (await ReadAsync([subjectId], cancellationToken)).GetValueOrDefault(subjectId, SubjectPreferences.None);

    /// <summary>See <see cref="IPreferenceSource.ListChangesAsync"/>: the changes of both, in one order.</summary>
    public async ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken)
    {
        var theirs = await shop.ListChangesAsync(after, limit, cancellationToken);
        var ours = await own.ListChangesAsync(after, limit, cancellationToken);
        return ours.Count == 0 ? theirs
            : [.. theirs.Concat(ours).OrderBy(c => c.ChangedAt).ThenBy(c => c.SubjectId, StringComparer.Ordinal).Take(limit)];
    }

    private static void Add(Dictionary<string, SubjectPreferences> said, IReadOnlyList<Preference> more)
    {
        foreach (var preference in more)
        {
            if (!said.TryGetValue(preference.SubjectId, out var subject))
            {
                said.Add(preference.SubjectId, subject = new SubjectPreferences());
            }

            subject.Add(preference);
        }
    }
}
