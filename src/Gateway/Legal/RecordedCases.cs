using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores;
using Gateway.Stores.Sqlite.Log.Index;
using Microsoft.Data.Sqlite;

namespace Gateway.Legal;

/// <summary>
/// Holds the store of cases against the log at each start: a store that knows of fewer acts than the log is an older copy, and would show
/// what must be hidden still, or forget a review.
/// </summary>
internal sealed class RecordedCases(SqliteLogIndex index, ILogReader log, ICaseStore store)
{
    private const int Page = 1000;

    /// <exception cref="StoreException">The store is older than the log.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var told = new Dictionary<string, int>(StringComparer.Ordinal);
        await ReadLogAsync(await ReadIndexAsync(told, cancellationToken), told, cancellationToken);
        var begun = store.CountBegun();
        // An act is begun in the store before the log tells of it, so the store never knows of fewer.
        var missing = told.Where(t => t.Value > begun.GetValueOrDefault(t.Key)).Select(t => t.Key).Order(StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
        {
            throw new StoreException(
                $"legal.db does not hold acts of {missing.Length} cases that the disclosure log tells of ({string.Join(", ", missing.Take(3))}): "
                + "it is an older copy. Put the newest back from its backup");
        }
    }

    private async Task<long> ReadIndexAsync(Dictionary<string, int> told, CancellationToken cancellationToken)
    {
        try
        {
            await index.CatchUpOnceAsync(cancellationToken);
            var indexed = index.Next;
            foreach (var action in CaseAct.Actions)
            {
                await foreach (var leaf in index.StreamAsync(new LogFilter { Action = action }, cancellationToken))
                {
                    if (leaf.Index < indexed)
                    {
                        Add(leaf, told);
                    }
                }
            }

            return indexed;
        }
        catch (SqliteException)
        {
            // A broken index tells nothing: the leaves do.
            told.Clear();
            return 0;
        }
    }

    private async Task ReadLogAsync(long from, Dictionary<string, int> told, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredLeaf> leaves;
        do
        {
            leaves = await log.ReadAsync(from, Page, cancellationToken);
            foreach (var leaf in leaves)
            {
                from = leaf.Index + 1;
                // Looked for in the bytes first: parsing a leaf costs more than reading it.
                if (leaf.Bytes.AsSpan().IndexOf("legal."u8) >= 0)
                {
                    Add(leaf, told);
                }
            }
        }
        while (leaves.Count > 0);
    }

    private static void Add(StoredLeaf leaf, Dictionary<string, int> told)
    {
        if (Entry.Parser.ParseFrom(leaf.Bytes).Administration is { } act && CaseAct.Actions.Contains(act.Action, StringComparer.Ordinal))
        {
            told[act.Target] = told.GetValueOrDefault(act.Target) + 1;
        }
    }
}
