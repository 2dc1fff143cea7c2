using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Subjects;

namespace Gateway.Subjects;

/// <summary>Makes links, and does what they say: once each, also when several bring one at the same time or after a restart.</summary>
internal sealed class PreferenceLinks(SubjectSeals seals, UsedLinks used, PreferenceDesk desk, TimeProvider clock) : IDisposable
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan Usual = TimeSpan.FromDays(30);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(90);

    /// <summary>The one answer for a link that was used, has expired or never was one.</summary>
    public static readonly Refusal NoLink = new(RefusalReason.InvalidRequest, Field: "token", Detail: "is no link that can be used now");

    private const int LongestToken = 4096;

    private readonly SemaphoreSlim _one = new(1, 1);

    public (string Token, DateTimeOffset Expires) Make(string partner, string subjectId, Topic topic, PreferenceState state, TimeSpan within)
    {
        var now = clock.GetUtcNow();
        var link = new PreferenceLink(Guid.NewGuid(), partner, subjectId, topic.Id, state, now, now + within);
        return (seals.SealLink(link), link.Expires);
    }

    /// <summary>The link of a token that this partner can use at <paramref name="now"/>; null for any other.</summary>
    /// <exception cref="LogUnavailableException">Nobody can tell whether it was used.</exception>
    public async ValueTask<PreferenceLink?> OpenAsync(string token, string partner, DateTimeOffset now, CancellationToken cancellationToken) =>
        token.Length <= LongestToken && seals.TryOpenLink(token, out var link) && link.Partner == partner && now < link.Expires
            && !await used.AreAsync(link, cancellationToken)
            ? link : null;

    /// <summary>Does what the link says; false where it was used meanwhile.</summary>
    /// <exception cref="LogUnavailableException">It could not be recorded.</exception>
    /// <exception cref="Core.Sources.SourceException">It could not be kept.</exception>
    public async ValueTask<bool> UseAsync(PreferenceLink link, Topic topic, string actor, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (await used.AreAsync(link, cancellationToken))
            {
                return false;
            }

            // A no that is cut short can be said again; a yes that is cut short is spent.
            if (link.State == PreferenceState.OptedOut)
            {
                await desk.SayAsync(link.SubjectId, topic, link.State, actor, cancellationToken);
                await used.RecordAsync(link, actor);
            }
            else
            {
                await used.RecordAsync(link, actor);
                await desk.SayAsync(link.SubjectId, topic, link.State, actor, CancellationToken.None);
            }

            return true;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();
}
