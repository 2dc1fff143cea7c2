namespace Gateway.Core.Log;

/// <summary>Reads durable leaves back by index. A process boundary. Never sees a leaf that is not durable yet.</summary>
public interface ILogReader
{
    /// <summary>How many leaves there are: the index of the next one.</summary>
    ValueTask<long> GetHeadAsync(CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> leaves from index <paramref name="from"/> on, in order. An index that was pruned or lost is not there.</summary>
    ValueTask<IReadOnlyList<StoredLeaf>> ReadAsync(long from, int limit, CancellationToken cancellationToken);

    /// <summary>The serialised scope with this hash, or null.</summary>
    ValueTask<byte[]?> FindScopeAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellationToken);
}

/// <summary>One leaf as stored.</summary>
/// <param name="Index">Its place in the log, from 0.</param>
/// <param name="Bytes">The exact bytes that were appended.</param>
public sealed record StoredLeaf(long Index, byte[] Bytes);
