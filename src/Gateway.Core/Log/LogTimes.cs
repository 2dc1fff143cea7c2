using Gateway.Protos.Log.V1;

namespace Gateway.Core.Log;

/// <summary>The log's order of time: entries are made before they are appended, so it holds only to within <see cref="Disorder"/>.</summary>
public static class LogTimes
{
    /// <summary>How much older than an entry before it an entry may be: no call takes longer.</summary>
    public static readonly TimeSpan Disorder = TimeSpan.FromMinutes(15);

    /// <summary>An index below which every entry was made before <paramref name="instant"/>; found by halving, in the leaves themselves.</summary>
    public static async ValueTask<long> AllBeforeAsync(ILogReader log, DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var (low, high) = (0L, await log.GetHeadAsync(cancellationToken));
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            // What was pruned or lost there is passed over: the next one that is held speaks for it.
            var leaf = await log.ReadAsync(middle, limit: 1, cancellationToken);
            if (leaf.Count > 0 && Entry.Parser.ParseFrom(leaf[0].Bytes).Time.ToDateTimeOffset() < instant - Disorder)
            {
                low = leaf[0].Index + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
