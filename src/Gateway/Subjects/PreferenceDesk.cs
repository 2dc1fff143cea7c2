using Gateway.Core.Contracts;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Core.Subjects;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Subject.V1;
using Google.Protobuf.WellKnownTypes;
using PreferenceState = Gateway.Core.Permissions.PreferenceState;

namespace Gateway.Subjects;

/// <summary>Shows and takes down what one customer says. Each change is an act in the log under the customer's mark.</summary>
internal sealed class PreferenceDesk(
    AllPreferences all, IPreferenceStore own, ISubjectKeys keys, AdministrationLog administration, TimeProvider clock)
{
    /// <summary>The act, as the log names it.</summary>
    public const string Set = "preference.set";

    /// <summary>Every topic of the policy and what counts for it.</summary>
    /// <exception cref="SourceException">Not all that was said can be read.</exception>
    public async ValueTask<IReadOnlyList<TopicPreference>> ListAsync(string subjectId, Policy policy, CancellationToken cancellationToken)
    {
        var said = await all.PreferencesOfAsync(subjectId, cancellationToken);
        return [.. Topic.Of(policy).Select(topic => Describe(topic, said.Find(topic.Id)))];
    }

    /// <summary>
    /// Takes it down, in effect when this completes. No is kept first and recorded after; yes is recorded first.
    /// </summary>
    /// <exception cref="SourceException">It could not be kept.</exception>
    /// <exception cref="LogUnavailableException">It could not be recorded; a no may be in effect all the same.</exception>
    public async ValueTask SayAsync(string subjectId, Topic topic, PreferenceState state, string actor, CancellationToken cancellationToken)
    {
        var said = (await all.PreferencesOfAsync(subjectId, cancellationToken)).Find(topic.Id);
        var now = clock.GetUtcNow();
        // A no must not lose against what the shop's clock dates ahead: of two at one instant the no counts.
        var at = state == PreferenceState.OptedOut && said?.ChangedAt > now && said.ChangedAt < DateTimeOffset.MaxValue ? said.ChangedAt : now;
        var preference = new Preference(subjectId, topic.Id, state, at);
        if (state == PreferenceState.OptedOut)
        {
            await own.WriteAsync([preference], cancellationToken);
            await RecordAsync(preference, actor);
        }
        else
        {
            await RecordAsync(preference, actor);
            await own.WriteAsync([preference], CancellationToken.None);
        }
    }

    private async ValueTask RecordAsync(Preference preference, string actor)
    {
        var key = await keys.GetOrAddAsync(preference.SubjectId);
        await administration.RecordAsync(new Entry.Types.Administration
        {
            Actor = actor,
            Action = Set,
            Target = key.Mark.ToString(),
            Reason = $"{preference.Topic} {PreferenceWords.Of(preference.State)}",
        });
    }

    private static TopicPreference Describe(Topic topic, Preference? said) => new()
    {
        Topic = topic.Id,
        Title = topic.Title,
        Purpose = topic.Purpose.Key,
        Promise = topic.Purpose.Promise,
        State = PreferenceWords.ToWire(said?.State),
        // One that cannot be read counts as no and has no date.
        ChangedAt = said is null || said.ChangedAt == DateTimeOffset.MaxValue ? null : Timestamp.FromDateTimeOffset(said.ChangedAt),
    };
}
