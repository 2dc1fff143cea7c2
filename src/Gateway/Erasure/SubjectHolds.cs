using System.Globalization;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Erasure;

/// <summary>Which subjects are held. Follows from the log alone: the latest of a subject's <c>subject.hold</c> and <c>subject.release</c>.</summary>
internal sealed class SubjectHolds(SqliteLogIndex index, AdministrationLog administration)
{
    /// <summary>The hold that stands; null where none does.</summary>
    public async ValueTask<SubjectHold?> FindAsync(SubjectMark subject, CancellationToken cancellationToken)
    {
        await index.CatchUpAsync(cancellationToken);
        // Newest first: the first act decides.
        await foreach (var leaf in index.StreamAsync(new LogFilter { Kind = Kind.Administration, Partner = subject.ToString() }, cancellationToken))
        {
            var entry = Entry.Parser.ParseFrom(leaf.Bytes);
            switch (entry.Administration.Action)
            {
                case ErasureActs.Hold:
                    return SubjectHold.Of(entry);
                case ErasureActs.Release:
                    return null;
            }
        }

        return null;
    }

    /// <summary>
    /// Records anew each hold that stands and whose entry is below <paramref name="minimum"/>: before the log's front is pruned, so that no
    /// hold ends with the entry that placed it. Gives how many.
    /// </summary>
    /// <exception cref="LogUnavailableException">Not all are recorded: nothing may be pruned.</exception>
    public async ValueTask<int> CarryOverAsync(long minimum, CancellationToken cancellationToken)
    {
        await index.CatchUpAsync(cancellationToken);
        var carried = 0;
        var seen = new HashSet<SubjectMark>();
        await foreach (var leaf in index.StreamAsync(new LogFilter { Action = ErasureActs.Hold }, cancellationToken))
        {
            var act = Entry.Parser.ParseFrom(leaf.Bytes).Administration;
            if (!SubjectMark.TryParse(act.Target, out var subject) || !seen.Add(subject) || leaf.Index >= minimum
                || await FindAsync(subject, cancellationToken) is not { } hold)
            {
                continue;
            }

            await administration.RecordAsync(new Entry.Types.Administration
            {
                Actor = hold.By,
                Action = ErasureActs.Hold,
                Target = act.Target,
                Reason = $"carried over from the archived part of the log: held {hold}",
            });
            carried++;
        }

        return carried;
    }
}

/// <summary>A hold that stands.</summary>
/// <param name="Since">Since when.</param>
/// <param name="By">Who placed it: a staff member's id.</param>
/// <param name="Receipt">Of its entry.</param>
internal sealed record SubjectHold(DateTimeOffset Since, string By, ReceiptId Receipt)
{
    public static SubjectHold Of(Entry entry) => new(
        entry.Time.ToDateTimeOffset(), entry.Administration.Actor, new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"since {Since:yyyy-MM-dd HH:mm:ss'Z'} by {By} (receipt {Receipt})");
}
