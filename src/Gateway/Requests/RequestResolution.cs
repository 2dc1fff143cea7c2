using Gateway.Core.Log;
using Gateway.Core.Requests;
using Gateway.Core.Sources;
using Gateway.Erasure;
using Gateway.Services;
using Gateway.Stores.Sqlite.Requests;
using Microsoft.Data.Sqlite;

namespace Gateway.Requests;

/// <summary>
/// Ends requests. Of an erasure, in this order: past recipients are found, the act is recorded, their notices are durable and not yet seen,
/// the customer is forgotten, the notices are seen. Whatever ends it half-way, <see cref="FinishErasuresAsync"/> goes on.
/// </summary>
internal sealed partial class RequestResolution(
    RequestDesk desk,
    SqliteRequestStore store,
    PastReleases past,
    SubjectEraser eraser,
    SubjectHolds holds,
    ISubjectKeys keys,
    TimeProvider clock,
    ILogger<RequestResolution> logger)
{
    /// <summary>Ends a request; <paramref name="reason"/> is recorded, and told to the customer.</summary>
    /// <exception cref="RequestException">There is none, it has ended, a hold stands, or something is unavailable.</exception>
    public Task<ResolvedRequest> ResolveAsync(Guid id, bool done, string reason, string actor, CancellationToken cancellationToken) => OneAsync(
        async () =>
        {
            var request = desk.Found(id);
            if (request.State != RequestState.Open)
            {
                throw new RequestException(RequestFailure.NotNow, request.State == RequestState.Erasing
                    ? "The erasure has begun and goes on by itself: see the gateway's health if it does not end."
                    : "The request has ended already.");
            }

            if (StaffRequest.Names(reason, request.SubjectId!))
            {
                throw new RequestException(RequestFailure.Invalid, "`reason` names the customer, and what is recorded cannot be forgotten. Write it without the id.");
            }

            var end = new RequestEnd(clock.GetUtcNow(), actor, reason);
            if (!done)
            {
                await desk.RecordAsync(actor, RequestActs.Resolve, request, $"{id} refused: {reason}");
                store.End(request, RequestState.Refused, end, []);
                return Resolved(request, RequestState.Refused, end, new ToBeTold([], []));
            }

            var key = await keys.FindAsync(request.SubjectId!);
            if (key is not null && request.Kind == RequestKind.Erasure && await holds.FindAsync(key.Mark, cancellationToken) is { } hold)
            {
                throw Held(hold.ToString());
            }

            var told = key is null
                ? new ToBeTold([], ["The customer was forgotten meanwhile: who had received data was listed then."])
                : await past.OfAsync(request, key, cancellationToken);
            // From here on nothing is cancelled.
            await desk.RecordAsync(actor, RequestActs.Resolve, request, $"{id} done: {reason}", told.Partners);
            if (request.Kind == RequestKind.Rectification)
            {
                store.End(request, RequestState.Done, end, told.Notices);
                return Resolved(request, RequestState.Done, end, told);
            }

            store.BeginErasing(request, end, told.Notices);
            return await FinishAsync(request with { State = RequestState.Erasing, End = end }, key, told);
        },
        cancellationToken);

    /// <summary>Finishes erasures that were cut short. Never throws but when cancelled.</summary>
    public async Task FinishErasuresAsync(CancellationToken cancellationToken)
    {
        foreach (var request in Erasing())
        {
            try
            {
                await OneAsync(
                    async () => store.Find(request.Id) is { State: RequestState.Erasing } begun
                        ? await FinishAsync(begun, await keys.FindAsync(begun.SubjectId!), new ToBeTold([.. store.NoticesOf(begun.Id)], []))
                        : null,
                    cancellationToken);
            }
            catch (RequestException e) when (e.Failure == RequestFailure.NotNow)
            {
                Log.Reopened(logger, request.Id, e.Message);
            }
            catch (RequestException e)
            {
                Log.NotFinished(logger, request.Id, e.Message);
            }
        }
    }

    private List<CustomerRequest> Erasing()
    {
        try
        {
            return [.. store.List(overdueAt: null, includeEnded: false, Guid.Empty, int.MaxValue).Where(r => r.State == RequestState.Erasing)];
        }
        catch (RequestsUnavailableException)
        {
            return [];
        }
    }

    private async Task<ResolvedRequest> FinishAsync(CustomerRequest request, SubjectKey? key, ToBeTold told)
    {
        var warnings = told.Warnings;
        try
        {
            var forgotten = await eraser.ForgetAsync(new ErasureRequest(request.SubjectId!, $"request {request.Id}", request.End!.By), CancellationToken.None);
            warnings = warnings.AddRange(forgotten.Warnings.Except(warnings, StringComparer.Ordinal));
        }
        catch (ErasureException e) when (e.Failure == ErasureFailure.UnknownSubject)
        {
            // There is no key of theirs: nothing is left to forget.
        }
        catch (ErasureException e) when (e.Failure == ErasureFailure.Held)
        {
            await desk.RecordAsync(request.End!.By, RequestActs.Reopen, request, $"{request.Id}: a hold was placed meanwhile");
            store.Reopen(request);
            throw Held(e.Message);
        }
        catch (ErasureException e)
        {
            throw new RequestException(
                RequestFailure.Unavailable, "The erasure is recorded and has begun, but the customer is NOT forgotten yet. It goes on by itself, each minute and at each start. " + e.Message, e);
        }

        var latest = await LatestAsync(request, key, told);
        store.End(request, RequestState.Done, request.End!, latest.Notices);
        return Resolved(request, RequestState.Done, request.End!, latest with { Warnings = warnings });
    }

    /// <summary>Calls that had the key in hand when it was destroyed may have been recorded since the first look: none is left untold.</summary>
    private async Task<ToBeTold> LatestAsync(CustomerRequest request, SubjectKey? key, ToBeTold told)
    {
        try
        {
            return key is null ? told : await past.OfAsync(request, key, CancellationToken.None);
        }
        catch (Exception e) when (e is SourceException or LogUnavailableException or SqliteException)
        {
            return told;
        }
    }

    private Task<T> OneAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken) => desk.OneAsync(
        async () =>
        {
            try
            {
                return await act();
            }
            catch (Exception e) when (e is SourceException or SqliteException)
            {
                throw new RequestException(
                    RequestFailure.Unavailable, "Past recipients cannot be found now: the shop's database or the log's index does not answer. Nothing was changed; repeat this.", e);
            }
        },
        cancellationToken);

    private static ResolvedRequest Resolved(CustomerRequest request, RequestState state, RequestEnd end, ToBeTold told) =>
        new(request with { State = state, End = end, SubjectId = null, Words = null }, told);

    private static RequestException Held(string hold) => new(
        RequestFailure.NotNow, $"The customer is held {hold} and was not erased. `gateway log release` ends the hold; else refuse the request, or extend it.");

    private static partial class Log
    {
        [LoggerMessage(1820, LogLevel.Error, "The erasure of request {Request} is not finished: {Reason} It is tried again each minute.", EventName = "ErasureNotFinished")]
        public static partial void NotFinished(ILogger logger, Guid request, string reason);

        [LoggerMessage(1826, LogLevel.Warning, "The erasure of request {Request} was not finished, and the request is open again: {Reason}", EventName = "ErasureReopened")]
        public static partial void Reopened(ILogger logger, Guid request, string reason);
    }
}

/// <summary>A request has ended.</summary>
/// <param name="Request">It, without personal data.</param>
/// <param name="Told">Who learns of it.</param>
internal sealed record ResolvedRequest(CustomerRequest Request, ToBeTold Told);
