using System.Runtime.CompilerServices;
using Gateway.Protos.Admin.V1;
using Grpc.Net.Client;

namespace Gateway.Commands.Log;

/// <summary>The log through a gateway's staff listener.</summary>
internal sealed class RemoteLog(GrpcChannel channel)
{
    private const int Page = 250;
    private const string Readers = "Reading the log is for staff with the role security or privacy.";
    private const string IfDown = "`gateway log query --data DIR --reason TEXT` reads its files";

    private readonly DisclosureLogService.DisclosureLogServiceClient _client = new(channel);

    /// <summary>Newest entries that the last query could not search yet.</summary>
    public long EntriesBehind { get; private set; }

    /// <summary>The first index that the last query searched: above 0, older entries were pruned.</summary>
    public long SearchedFrom { get; private set; }

    /// <summary>Matching entries, newest first, page by page.</summary>
    public async IAsyncEnumerable<LoggedEntry> QueryAsync(
        EntryFilter filter, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        do
        {
            var request = new QueryEntriesRequest { Filter = filter, PageSize = Math.Min(limit, Page), PageToken = token };
            var page = await ExplainedCall.RunAsync(Readers, () => _client.QueryEntriesAsync(request, cancellationToken: cancellationToken).ResponseAsync, IfDown);
            // Later pages only go further back.
            EntriesBehind = token.Length == 0 ? page.EntriesBehind : EntriesBehind;
            SearchedFrom = page.SearchedFrom;
            foreach (var entry in page.Entries.Take(limit))
            {
                limit--;
                yield return entry;
            }

            token = page.NextPageToken;
        }
        while (limit > 0 && token.Length > 0);
    }

    /// <summary>Matching entries as they come, until cancelled.</summary>
    public async IAsyncEnumerable<LoggedEntry> TailAsync(
        EntryFilter filter, int last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = _client.TailEntries(new TailEntriesRequest { Filter = filter, Last = last }, cancellationToken: cancellationToken);
        while (await ExplainedCall.RunAsync(Readers, () => call.ResponseStream.MoveNext(cancellationToken), IfDown))
        {
            yield return call.ResponseStream.Current.Entry;
        }
    }

    /// <summary>The entry of a receipt.</summary>
    public async Task<LoggedEntry> GetAsync(string receipt, CancellationToken cancellationToken)
    {
        var request = new GetEntryRequest { Receipt = receipt };
        return (await ExplainedCall.RunAsync(Readers, () => _client.GetEntryAsync(request, cancellationToken: cancellationToken).ResponseAsync, IfDown)).Entry;
    }
}
