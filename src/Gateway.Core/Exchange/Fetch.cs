using Gateway.Core.Sources;

namespace Gateway.Core.Exchange;

/// <summary>Rows as the source gave them: granted columns only, routed to this partner, inside the window. Only <see cref="FetchAsync"/> makes one.</summary>
public sealed class FetchedReply
{
    private FetchedReply(AdmittedCall call, IReadOnlyList<SourceRow> rows, int misses, string? nextToken)
    {
        Call = call.Authorized;
        Rows = rows;
        Misses = misses;
        NextToken = nextToken;
    }

    /// <summary>The call.</summary>
    internal AuthorizedCall Call { get; }

    /// <summary>The rows.</summary>
    internal IReadOnlyList<SourceRow> Rows { get; }

    /// <summary>Records asked for by key that are not available.</summary>
    internal int Misses { get; }

    /// <summary>The next page's token; null on the last page and where there are no pages.</summary>
    internal string? NextToken { get; }

    /// <summary>Asks the source. A record that is not the partner's is not there, down the same path as one that does not exist.</summary>
    /// <exception cref="SourceException">The source cannot answer.</exception>
    internal static async ValueTask<Outcome<FetchedReply>> FetchAsync(
        AdmittedCall call, Query query, PageTokens tokens, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var reader = call.Authorized.Grant.Reader;
        switch (query)
        {
            case Query.Get get:
                var row = await reader.GetAsync(get.Key, get.Value, now, cancellationToken);
                return row is null ? new FetchedReply(call, [], misses: 1, null) : new FetchedReply(call, [row], misses: 0, null);
            case Query.BatchGet batch:
                var rows = await reader.BatchGetAsync(batch.Keys, now, cancellationToken);
                return new FetchedReply(call, rows, batch.Keys.Count - rows.Count, null);
            case Query.List list:
                return await ListAsync(call, list, tokens, now, cancellationToken);
            default:
                throw new InvalidOperationException($"A {query.GetType().Name} is not answered at once.");
        }
    }

    /// <summary>The next run of a stream.</summary>
    internal static FetchedReply OfRun(AdmittedCall call, IReadOnlyList<SourceRow> rows) => new(call, rows, misses: 0, null);

    private static async ValueTask<Outcome<FetchedReply>> ListAsync(
        AdmittedCall call, Query.List list, PageTokens tokens, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var after = list.ChangedSince is { } since ? new Cursor(since, char.MaxValue.ToString()) : Cursor.Start;
        if (list.Token.Length > 0 && !tokens.TryRead(call.Authorized, list.Token, list.ChangedSince, out after, out _))
        {
            return new Refusal(RefusalReason.InvalidRequest, Field: "page_token", Detail: "is no token of ours for this call");
        }

        // One more than asked tells whether another page follows; it is dropped before anything else sees it.
        var rows = await call.Authorized.Grant.Reader.ListAsync(after, list.PageSize + 1, now, cancellationToken);
        if (rows.Count <= list.PageSize)
        {
            return new FetchedReply(call, rows, misses: 0, null);
        }

        var last = rows[list.PageSize - 1];
        var next = tokens.Write(call.Authorized, new Cursor(last.UpdatedAt, last.Key), now, list.ChangedSince);
        return new FetchedReply(call, [.. rows.Take(list.PageSize)], misses: 0, next);
    }
}
