namespace Gateway.Core.Log.Tree;

/// <summary>
/// A log as c2sp.org/tlog-tiles publishes it: a fixed set of resources below a prefix. A process boundary: the running gateway's own
/// stores, a folder, or another gateway's staff listener. What it gives is not trusted before it was verified.
/// </summary>
public interface ITiledLog
{
    /// <summary>The resource's bytes, or null where there is none: not written yet, pruned, or lost.</summary>
    ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken);
}
