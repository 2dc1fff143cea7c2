using Gateway.Core.Log;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Google.Protobuf;

namespace Gateway.Services;

/// <summary>Puts each entry together with the scope it refers to. Belongs to one reader; not for concurrent use.</summary>
internal sealed class LoggedEntries(ILogReader log)
{
    private readonly LoggedScopes _scopes = new(log);

    /// <summary>The entry with its scope.</summary>
    public async ValueTask<LoggedEntry> OfAsync(StoredLeaf leaf, CancellationToken cancellationToken) =>
        await MatchAsync(leaf, new LogFilter(), cancellationToken)
        ?? throw new InvalidOperationException("An empty filter matches everything.");

    /// <summary>The entry with its scope, or null where the filter does not ask for it.</summary>
    public async ValueTask<LoggedEntry?> MatchAsync(StoredLeaf leaf, LogFilter filter, CancellationToken cancellationToken)
    {
        var entry = Entry.Parser.ParseFrom(leaf.Bytes);
        var scope = await _scopes.FindAsync(entry.Scope, cancellationToken);
        return filter.Matches(entry, scope)
            ? new LoggedEntry { Index = leaf.Index, Leaf = UnsafeByteOperations.UnsafeWrap(leaf.Bytes), Scope = scope }
            : null;
    }
}
