using System.Globalization;
using Gateway.Core.Log;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log.Index;

namespace Gateway.Erasure;

/// <summary>Which subjects are held. Follows from the log alone: the latest of a subject's <c>subject.hold</c> and <c>subject.release</c>.</summary>
internal sealed class SubjectHolds(SqliteLogIndex index)
{
    private const int Page = 100;

    /// <summary>The hold that stands; null where none does.</summary>
    public async ValueTask<SubjectHold?> FindAsync(Pseudonym subject, CancellationToken cancellationToken)
    {
        await index.CatchUpAsync(cancellationToken);
        var filter = new LogFilter { Kind = Kind.Administration, Partner = subject.ToString() };
        var before = long.MaxValue;
        while (true)
        {
            var leaves = await index.QueryAsync(filter, before, Page, cancellationToken);
            foreach (var leaf in leaves)
            {
                var entry = Entry.Parser.ParseFrom(leaf.Bytes);
                switch (entry.Administration.Action)
                {
                    case ErasureActs.Hold:
                        return new SubjectHold(
                            entry.Time.ToDateTimeOffset(), entry.Administration.Actor, new ReceiptId(new Guid(entry.Receipt.Span, bigEndian: true)));
                    case ErasureActs.Release:
                        return null;
                }
            }

            if (leaves.Count < Page)
            {
                return null;
            }

            before = leaves[^1].Index;
        }
    }
}

/// <summary>A hold that stands.</summary>
/// <param name="Since">Since when.</param>
/// <param name="By">Who placed it: a staff member's id.</param>
/// <param name="Receipt">Of its entry.</param>
internal sealed record SubjectHold(DateTimeOffset Since, string By, ReceiptId Receipt)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"since {Since:yyyy-MM-dd HH:mm:ss'Z'} by {By} (receipt {Receipt})");
}
