using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;
using Microsoft.Data.Sqlite;

namespace Gateway.Erasure;

/// <summary>Every forget that the log has recorded: through the index as far as that has come, and leaf by leaf from there on.</summary>
internal sealed class RecordedForgets(SqliteLogIndex index, ILogReader log)
{
    private const int Page = 1000;

    public async ValueTask<HashSet<SubjectMark>> ReadAsync(CancellationToken cancellationToken)
    {
        var forgotten = new HashSet<SubjectMark>();
        var indexed = await ReadIndexAsync(forgotten, cancellationToken);
        await ReadLogAsync(indexed, forgotten, cancellationToken);
        return forgotten;
    }

    private async ValueTask<long> ReadIndexAsync(HashSet<SubjectMark> into, CancellationToken cancellationToken)
    {
        try
        {
            // Makes sure that it is this log's index; one of another is thrown away, and the leaves are read.
            await index.CatchUpOnceAsync(cancellationToken);
            var indexed = index.Next;
            await foreach (var leaf in index.StreamAsync(new LogFilter { Action = ErasureActs.Forget }, cancellationToken))
            {
                Add(leaf, into);
            }

            return indexed;
        }
        catch (SqliteException)
        {
            // A broken index is no reason to forget less, nor to refuse the start: whoever follows the log tells of it.
            return 0;
        }
    }

    private async ValueTask ReadLogAsync(long from, HashSet<SubjectMark> into, CancellationToken cancellationToken)
    {
        IReadOnlyList<StoredLeaf> leaves;
        do
        {
            leaves = await log.ReadAsync(from, Page, cancellationToken);
            foreach (var leaf in leaves)
            {
                from = leaf.Index + 1;
                Add(leaf, into);
            }
        }
        while (leaves.Count > 0);
    }

    private static void Add(StoredLeaf leaf, HashSet<SubjectMark> into)
    {
        // Looked for in the bytes first: most leaves are none, and parsing one costs more than reading it.
        if (leaf.Bytes.AsSpan().IndexOf("subject.forget"u8) >= 0
            && Entry.Parser.ParseFrom(leaf.Bytes).Administration is { Action: ErasureActs.Forget } act
            && SubjectMark.TryParse(act.Target, out var mark))
        {
            into.Add(mark);
        }
    }
}
