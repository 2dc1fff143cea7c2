namespace Gateway.Core.Permissions;

/// <summary>One grant's rule with where to ask. Safe for concurrent use.</summary>
internal sealed class GrantPermission(PermissionRule rule, AllPreferences preferences)
{
    /// <summary>
    /// The preferences that allow the releases at <paramref name="now"/>, in the order of the questions; null where there is none.
    /// </summary>
    /// <exception cref="Sources.SourceException">Nobody can tell: nothing may be released.</exception>
    public async ValueTask<Preference?[]> AskAsync(
        IReadOnlyList<PermissionQuestion> questions, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var said = await preferences.ReadAsync(Subjects(questions), cancellationToken);
        var relied = new Preference?[questions.Count];
        for (var i = 0; i < relied.Length; i++)
        {
            relied[i] = rule.Judge(said.GetValueOrDefault(questions[i].SubjectId, SubjectPreferences.None), questions[i].List, now);
        }

        return relied;
    }

    /// <summary>See <see cref="IPreferenceSource.ListChangesAsync"/>.</summary>
    public ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken) =>
        preferences.ListChangesAsync(after, limit, cancellationToken);

    private static string[] Subjects(IReadOnlyList<PermissionQuestion> questions) =>
        questions.Count == 1 ? [questions[0].SubjectId] : [.. questions.Select(q => q.SubjectId).Distinct(StringComparer.Ordinal)];
}

/// <summary>May a record of this subject be released?</summary>
/// <param name="SubjectId">The shop's id of the person.</param>
/// <param name="List">The list that the record is about; null where it names none.</param>
internal readonly record struct PermissionQuestion(string SubjectId, string? List)
{
    /// <summary>About nobody: asked where there is no record, so that its absence takes the same path.</summary>
    public static PermissionQuestion Nobody { get; } = new("", null);
}
