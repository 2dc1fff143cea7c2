using System.Globalization;
using Gateway.Authentication;
using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;
using Grpc.Core;
using Microsoft.AspNetCore.Authorization;

namespace Gateway.Services;

/// <summary>The log for staff. Each reading is recorded before it is answered. Staff listener only.</summary>
[Authorize(Policy = StaffPolicies.ReadLog)]
internal sealed class DisclosureLogService(
    ILogReader log,
    SqliteLogIndex index,
    DisclosureLogFilters filters,
    AdministrationLog administration,
    IHostApplicationLifetime lifetime,
    TimeProvider clock) : Protos.Admin.V1.DisclosureLogService.DisclosureLogServiceBase
{
    private const int DefaultPage = 50;
    private const int LargestPage = 250;
    private const int TailBlock = 500;

    /// <summary>A query waits for the index at most this long, and the batch at hand; then it tells how far the index is behind.</summary>
    private static readonly TimeSpan s_catchUp = TimeSpan.FromMilliseconds(250);

    /// <summary>Time between two looks at a log that has not grown.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    public override async Task<QueryEntriesResponse> QueryEntries(QueryEntriesRequest request, ServerCallContext context)
    {
        var before = long.MaxValue;
        if (request.PageToken.Length > 0
            && !long.TryParse(request.PageToken, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            throw Invalid("page_token: use the next_page_token of the page before");
        }

        var filter = await BeginAsync("log.query", request.Filter, context);
        var size = request.PageSize <= 0 ? DefaultPage : Math.Min(request.PageSize, LargestPage);
        var response = new QueryEntriesResponse();
        if (filter is null)
        {
            return response;
        }

        response.EntriesBehind = await AddAsync(response.Entries, filter, before, size, context.CancellationToken);
        (response.IndexedUntil, response.SearchedFrom) = (index.Next, index.Minimum);
        if (response.Entries.Count == size)
        {
            response.NextPageToken = response.Entries[^1].Index.ToString(CultureInfo.InvariantCulture);
        }

        return response;
    }

    public override async Task TailEntries(
        TailEntriesRequest request, IServerStreamWriter<TailEntriesResponse> responseStream, ServerCallContext context)
    {
        var filter = await BeginAsync("log.tail", request.Filter, context);
        // A tail has no end of its own; without this it would hold up the host's.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        var cancellation = ends.Token;
        var next = await log.GetHeadAsync(cancellation);
        if (filter is not null && request.Last > 0)
        {
            var past = new List<LoggedEntry>();
            await AddAsync(past, filter, next, Math.Min(request.Last, LargestPage), cancellation);
            foreach (var entry in past.AsEnumerable().Reverse())
            {
                await responseStream.WriteAsync(new TailEntriesResponse { Entry = entry }, cancellation);
            }
        }

        var entries = new LoggedEntries(log);
        while (true)
        {
            var leaves = await log.ReadAsync(next, TailBlock, cancellation);
            foreach (var leaf in leaves)
            {
                next = leaf.Index + 1;
                // A person unknown so far may become known; who asks again then finds them.
                if (filter is not null && await entries.MatchAsync(leaf, filter, cancellation) is { } entry)
                {
                    await responseStream.WriteAsync(new TailEntriesResponse { Entry = entry }, cancellation);
                }
            }

            if (leaves.Count == 0)
            {
                await Task.Delay(s_pause, clock, cancellation);
            }
        }
    }

    public override async Task<GetEntryResponse> GetEntry(GetEntryRequest request, ServerCallContext context)
    {
        if (!ReceiptId.TryParse(request.Receipt, out _))
        {
            throw Invalid("receipt: write the id as the receipt has it, 8-4-4-4-12 hex digits");
        }

        var filter = await BeginAsync("log.show", new EntryFilter { Receipt = request.Receipt }, context);
        var found = new List<LoggedEntry>();
        var behind = await AddAsync(found, filter!, long.MaxValue, limit: 1, context.CancellationToken);
        return found.Count > 0
            ? new GetEntryResponse { Entry = found[0] }
            : throw new RpcException(behind > 0
                ? new Status(StatusCode.Unavailable, $"Not found yet: {behind} entries of the log are still to be indexed. Retry.")
                : new Status(StatusCode.NotFound, "The log holds no entry with this receipt."));
    }

    /// <summary>Who asks, what for, and the entry that says so; only then is anything read.</summary>
    private async ValueTask<LogFilter?> BeginAsync(string action, EntryFilter? asked, ServerCallContext context)
    {
        var actor = StaffRequest.Actor(context);
        try
        {
            var resolved = await filters.ResolveAsync(asked, context.CancellationToken);
            await administration.RecordAsync(new Entry.Types.Administration { Actor = actor, Action = action, Target = resolved.Described });
            return resolved.Filter;
        }
        catch (InvalidFilterException e)
        {
            throw Invalid(e.Message);
        }
        catch (LogUnavailableException)
        {
            throw new RpcException(new Status(
                StatusCode.Unavailable, "This reading cannot be recorded now, so it is not answered. Retry, or see the gateway's health."));
        }
    }

    /// <summary>Adds what matches; gives how many entries the index is behind.</summary>
    private async ValueTask<long> AddAsync(
        ICollection<LoggedEntry> into, LogFilter filter, long before, int limit, CancellationToken cancellationToken)
    {
        var behind = await index.CatchUpAsync(s_catchUp, clock, cancellationToken);
        var entries = new LoggedEntries(log);
        foreach (var leaf in await index.QueryAsync(filter, before, limit, cancellationToken))
        {
            into.Add(await entries.OfAsync(leaf, cancellationToken));
        }

        return behind;
    }

    private static RpcException Invalid(string detail) => new(new Status(StatusCode.InvalidArgument, detail));
}
