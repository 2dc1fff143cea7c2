using System.Runtime.CompilerServices;
using Gateway.Protos.Admin.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace Gateway.Commands.Log;

/// <summary>The log through a gateway's staff listener.</summary>
internal sealed class RemoteLog(GrpcChannel channel)
{
    private const int Page = 250;

    private readonly DisclosureLogService.DisclosureLogServiceClient _client = new(channel);

    /// <summary>Newest entries that the last query could not search yet.</summary>
    public long EntriesBehind { get; private set; }

    /// <summary>Matching entries, newest first, page by page.</summary>
    public async IAsyncEnumerable<LoggedEntry> QueryAsync(
        EntryFilter filter, int limit, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var token = "";
        do
        {
            var request = new QueryEntriesRequest { Filter = filter, PageSize = Math.Min(limit, Page), PageToken = token };
            var page = await Explained(() => _client.QueryEntriesAsync(request, cancellationToken: cancellationToken).ResponseAsync);
            // Later pages only go further back.
            EntriesBehind = token.Length == 0 ? page.EntriesBehind : EntriesBehind;
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
        while (await Explained(() => call.ResponseStream.MoveNext(cancellationToken)))
        {
            yield return call.ResponseStream.Current.Entry;
        }
    }

    /// <summary>The entry of a receipt.</summary>
    public async Task<LoggedEntry> GetAsync(string receipt, CancellationToken cancellationToken)
    {
        var request = new GetEntryRequest { Receipt = receipt };
        return (await Explained(() => _client.GetEntryAsync(request, cancellationToken: cancellationToken).ResponseAsync)).Entry;
    }

    private static async Task<T> Explained<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled)
        {
            throw new OperationCanceledException(e.Status.Detail, e);
        }
        catch (RpcException e)
        {
            throw e.StatusCode switch
            {
                StatusCode.InvalidArgument => new CommandFailure(ExitCode.Usage, e.Status.Detail),
                StatusCode.NotFound => new CommandFailure(ExitCode.CheckFailed, e.Status.Detail),
                StatusCode.PermissionDenied => new CommandFailure(
                    ExitCode.Refused, "Reading the log is for staff with the role security or privacy.", "name another certificate with --as"),
                StatusCode.Unauthenticated => new CommandFailure(
                    ExitCode.CannotConnect, "The gateway does not accept this staff certificate.", "name another with --as"),
                _ => new CommandFailure(
                    ExitCode.CannotConnect, $"The staff listener did not answer: {e.Status.Detail}",
                    "is the gateway running, and --gateway its staff address? If it is down, read its files with --data DIR --reason TEXT"),
            };
        }
    }
}
