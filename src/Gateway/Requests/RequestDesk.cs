using System.Collections.Immutable;
using System.Globalization;
using Gateway.Core.Annotations;
using Gateway.Core.Log;
using Gateway.Core.Requests;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Requests;

namespace Gateway.Requests;

/// <summary>
/// Takes customers' requests, shows and extends them; <see cref="RequestResolution"/> ends them. Each act is recorded under the customer's
/// mark before it is done, and changes come one after another.
/// </summary>
internal sealed class RequestDesk(
    SqliteRequestStore store, ISubjectKeys keys, AdministrationLog administration, Catalogue catalogue, TimeProvider clock) : IDisposable
{
    /// <summary>Requests of one customer that may be open at once.</summary>
    public const int MostOpen = 10;

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Opens a request: its month begins.</summary>
    /// <exception cref="RequestException">It is not well-formed, one too many, or a store is unavailable.</exception>
    public Task<CustomerRequest> OpenAsync(NewRequest asked, CancellationToken cancellationToken) => OneAsync(
        async () =>
        {
            var (record, fields) = asked.Checked(catalogue);
            // A customer of whom nothing was ever released gets a key here: their request is recorded under a mark like any other.
            var key = await keys.GetOrAddAsync(asked.SubjectId);
            if (store.CountOpen(key.Mark) >= MostOpen)
            {
                throw TooMany();
            }

            var opened = clock.GetUtcNow();
            var request = new CustomerRequest(
                Guid.CreateVersion7(opened), asked.Kind, RequestState.Open, key.Mark, asked.SubjectId, record, fields, asked.Words, opened,
                RequestDeadline.Of(opened), Extension: "", End: null);
            await RecordAsync(asked.Actor, RequestActs.Open, request, What(request));
            return store.TryAdd(request, MostOpen) ? request : throw TooMany();
        },
        cancellationToken);

    /// <summary>
    /// What a customer asked for, the latest first. What has ended is found as long as the customer was not forgotten since.
    /// </summary>
    /// <exception cref="RequestException">A store is unavailable.</exception>
    public Task<ImmutableArray<CustomerRequest>> ListOfAsync(string subjectId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Explained<ImmutableArray<CustomerRequest>>(
            async () => await keys.FindAsync(subjectId) is { } key ? [.. store.ListOf(key.Mark)] : []);
    }

    /// <summary>Requests for staff, without personal data.</summary>
    /// <exception cref="RequestException">The store is unavailable.</exception>
    public Task<IReadOnlyList<CustomerRequest>> ListAsync(bool overdue, bool includeEnded, Guid after, int limit) => Explained(
        () => Task.FromResult<IReadOnlyList<CustomerRequest>>(
            [.. store.List(overdue ? clock.GetUtcNow() : null, includeEnded, after, limit).Select(r => r with { SubjectId = null, Words = null })]));

    /// <summary>One request with what the customer wrote; the reading is recorded first.</summary>
    /// <exception cref="RequestException">There is none, or a store is unavailable.</exception>
    public Task<CustomerRequest> ReadAsync(Guid id, string actor) => Explained(async () =>
    {
        var request = Found(id);
        await RecordAsync(actor, RequestActs.Read, request, $"{id}");
        return request;
    });

    /// <summary>Gives an open request one or two further months; the customer is told why.</summary>
    /// <exception cref="RequestException">There is none, it has ended, its first month is over, or a store is unavailable.</exception>
    public Task<CustomerRequest> ExtendAsync(Guid id, int months, string reason, string actor, CancellationToken cancellationToken) => OneAsync(
        async () =>
        {
            if (months is < 1 or > RequestDeadline.MostFurtherMonths)
            {
                throw new RequestException(
                    RequestFailure.Invalid, $"A request is extended by 1 to {RequestDeadline.MostFurtherMonths} months (GDPR Art. 12(3)).") { Field = "months" };
            }

            var request = Found(id);
            if (request.SubjectId is { } subject && Services.StaffRequest.Names(reason, subject))
            {
                throw new RequestException(RequestFailure.Invalid, "`reason` names the customer, and what is recorded cannot be forgotten. Write it without the id.");
            }

            var due = RequestDeadline.Extended(request.Opened, months);
            if (request.State != RequestState.Open)
            {
                throw new RequestException(RequestFailure.NotNow, "The request has ended.");
            }

            if (RequestDeadline.Of(request.Opened) < clock.GetUtcNow())
            {
                throw new RequestException(
                    RequestFailure.NotNow, "The customer must be told of an extension within the first month (GDPR Art. 12(3)), and that is over. Answer the request.");
            }

            if (due <= request.Due)
            {
                throw new RequestException(RequestFailure.NotNow, string.Create(
                    CultureInfo.InvariantCulture, $"The request has time until {request.Due:yyyy-MM-dd HH:mm:ss'Z'} already."));
            }

            await RecordAsync(actor, RequestActs.Extend, request, $"{id} until {Day(due)}: {reason}");
            store.Extend(id, due, reason);
            return request with { Due = due, Extension = reason };
        },
        cancellationToken);

    public void Dispose() => _one.Dispose();

    /// <summary>One change after another.</summary>
    /// <exception cref="RequestException">It did not go through.</exception>
    internal async Task<T> OneAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            return await Explained(act);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <exception cref="RequestException">There is none of this id.</exception>
    internal CustomerRequest Found(Guid id) => store.Find(id)
        ?? throw new RequestException(RequestFailure.Unknown, "There is no request of this id. `gateway requests list` lists them.");

    internal async Task RecordAsync(string actor, string action, CustomerRequest request, string reason, IEnumerable<string>? recipients = null) =>
        await administration.RecordAsync(new Entry.Types.Administration
        {
            Actor = actor,
            Action = action,
            Target = request.Subject.ToString(),
            Reason = reason,
            Recipients = { recipients ?? [] },
        });

    private static async Task<T> Explained<T>(Func<Task<T>> act)
    {
        try
        {
            return await act();
        }
        catch (RequestsUnavailableException e)
        {
            throw new RequestException(
                RequestFailure.Unavailable, "The store of requests is unavailable, and nothing was changed. Mend the data folder and repeat this.", e);
        }
        catch (LogUnavailableException e)
        {
            throw new RequestException(
                RequestFailure.Unavailable, "The disclosure log or the store of subject keys is unavailable, and nothing was changed. Mend it and repeat this.", e);
        }
    }

    private static string What(CustomerRequest request) => request.Kind == RequestKind.Erasure
        ? $"{request.Id} erasure, due {Day(request.Due)}"
        : $"{request.Id} rectification of {request.Record} {string.Join(", ", request.Fields)}, due {Day(request.Due)}";

    private static string Day(DateTimeOffset due) => due.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static RequestException TooMany() =>
        new(RequestFailure.TooMany, $"The customer has {MostOpen} open requests. Answer those first.");
}
