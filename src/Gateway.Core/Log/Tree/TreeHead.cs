namespace Gateway.Core.Log.Tree;

/// <summary>A tree in two values: equal heads are equal logs.</summary>
/// <param name="Size">How many leaves.</param>
/// <param name="Root">The root over them.</param>
public readonly record struct TreeHead(long Size, MerkleHash Root)
{
    /// <summary>The log before its first leaf.</summary>
    public static TreeHead Empty { get; } = new(0, MerkleHash.Empty);
}
