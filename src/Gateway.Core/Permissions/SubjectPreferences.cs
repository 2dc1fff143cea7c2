using System.Collections.Immutable;

namespace Gateway.Core.Permissions;

/// <summary>
/// What counts of all that one subject said: by topic the newest, and of two at the same instant the more restrictive. Immutable once read.
/// </summary>
public sealed class SubjectPreferences
{
    private readonly Dictionary<string, Preference> _byTopic = new(StringComparer.Ordinal);

    /// <summary>Nothing was ever said.</summary>
    public static SubjectPreferences None { get; } = new();

    /// <summary>What counts, in order of topic.</summary>
    public ImmutableArray<Preference> All => [.. _byTopic.Values.OrderBy(p => p.Topic, StringComparer.Ordinal)];

    /// <summary>What counts for the topic; null where nothing was said. One preference that cannot be read stands for all that it might be about.</summary>
    public Preference? Find(string topic) => _byTopic.GetValueOrDefault(Preference.EveryTopic) ?? _byTopic.GetValueOrDefault(topic);

    internal void Add(Preference said)
    {
        if (!_byTopic.TryGetValue(said.Topic, out var known) || said.ChangedAt > known.ChangedAt
            || (said.ChangedAt == known.ChangedAt && said.State > known.State))
        {
            _byTopic[said.Topic] = said;
        }
    }
}
