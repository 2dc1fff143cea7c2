using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Subjects;
using Gateway.Protos.Log.V1;
using Gateway.Protos.Subject.V1;
using Gateway.Services;
using Gateway.Stores.Sqlite.Log.Index;
using Google.Protobuf.WellKnownTypes;

namespace Gateway.Subjects;

/// <summary>To whom a subject's data went, from the log alone, newest first.</summary>
internal sealed class DisclosureList(
    SqliteLogIndex index,
    ILogReader log,
    ISubjectKeys keys,
    IDelayedNotices notices,
    AllPreferences preferences,
    DisclosureWords words,
    SubjectSeals seals,
    TimeProvider clock)
{
    private const int DefaultPage = 50;
    private const int LargestPage = 250;
    private const int LongestToken = 4096;

    /// <exception cref="LogUnavailableException">The log or its index cannot tell: a part of it would look like all.</exception>
    /// <exception cref="Core.Sources.SourceException">What the subject said cannot be read.</exception>
    public async ValueTask<Outcome<SubjectAnswer>> PageAsync(SubjectCall call, ListDisclosuresRequest request, CancellationToken cancellationToken)
    {
        if (request.PageSize is < 0 or > LargestPage)
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "page_size", Detail: "is not within 0 to 250");
        }

        var partner = call.Call.Contract.Contract.Partner.Id;
        var before = long.MaxValue;
        if (request.PageToken.Length > 0
            && (request.PageToken.Length > LongestToken || !seals.TryOpenPage(request.PageToken, partner, call.SubjectId, out before)))
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "page_token", Detail: "is no token of ours for this subject");
        }

        var size = request.PageSize == 0 ? DefaultPage : request.PageSize;
        var response = new ListDisclosuresResponse();
        try
        {
            await index.CatchUpAsync(cancellationToken);
            if (await keys.FindAsync(call.SubjectId) is { } key)
            {
                // One more than asked tells whether another page follows.
                var found = await FindAsync(call.SubjectId, key, before, size + 1, cancellationToken);
                response.Disclosures.Add(found.Take(size).Select(f => f.Disclosure));
                response.NextPageToken = found.Count > size ? seals.SealPage(partner, call.SubjectId, found[size - 1].Index) : "";
            }

            response.ArchivedBefore = await ArchivedBeforeAsync(cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or LogUnavailableException or Core.Sources.SourceException))
        {
            throw new LogUnavailableException("The disclosure log or its index cannot be read.", e);
        }

        return new SubjectAnswer(response, receipt => response.Receipt = receipt, ["disclosures"]);
    }

    private async ValueTask<List<(long Index, Disclosure Disclosure)>> FindAsync(
        string subjectId, SubjectKey key, long before, int limit, CancellationToken cancellationToken)
    {
        var found = new List<(long, Disclosure)>(limit);
        var scopes = new LoggedScopes(log);
        var filter = new LogFilter { Kind = Kind.Disclosure, Subject = key.Pseudonym };
        Dictionary<Pseudonym, Preference>? said = null;
        var now = clock.GetUtcNow();
        while (found.Count < limit)
        {
            var leaves = await index.QueryAsync(filter, before, limit, cancellationToken);
            if (leaves.Count == 0)
            {
                break;
            }

            foreach (var leaf in leaves.TakeWhile(_ => found.Count < limit))
            {
                before = leaf.Index;
                var entry = Entry.Parser.ParseFrom(leaf.Bytes);
                if (OwnAccess.Is(entry))
                {
                    continue;
                }

                if (!entry.Permissions.IsEmpty)
                {
                    said ??= (await preferences.PreferencesOfAsync(subjectId, cancellationToken)).All
                        .DistinctBy(key.OfPermission).ToDictionary(key.OfPermission);
                }

                var scope = await scopes.FindAsync(entry.Scope, cancellationToken)
                    ?? throw new LogUnavailableException("The disclosure log refers to a scope that it does not hold: it is damaged.");
                // A hidden one is read and told like any other, and left out last: it costs the same as one that is shown.
                var told = await words.TellAsync(entry, scope, key.Pseudonym, said, cancellationToken);
                if (entry.LegalCase is not { } legalCase || !await notices.IsDelayedAsync(legalCase, now, cancellationToken))
                {
                    found.Add((leaf.Index, told));
                }
            }
        }

        return found;
    }

    private async ValueTask<Timestamp?> ArchivedBeforeAsync(CancellationToken cancellationToken)
    {
        var first = await log.ReadAsync(0, limit: 1, cancellationToken);
        return first is [{ Index: > 0 } leaf] ? Entry.Parser.ParseFrom(leaf.Bytes).Time : null;
    }
}
