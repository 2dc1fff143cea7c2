namespace Gateway.Core.Log.Tree;

/// <summary>What a tiled log is made of.</summary>
public enum ResourceKind
{
    /// <summary>The signed note that commits to all else. The only one that changes.</summary>
    Checkpoint,

    /// <summary>Up to 256 hashes of one level.</summary>
    Tile,

    /// <summary>Up to 256 entries, each with its length before it.</summary>
    Entries,

    /// <summary>Ours beside the standard: the bytes of a scope that entries refer to by its SHA-256.</summary>
    Scope,
}
