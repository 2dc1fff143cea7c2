namespace Gateway.Core.Log.Tree;

/// <summary>Checks proofs against roots; needs no log. The algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2.</summary>
public static class MerkleProof
{
    /// <summary>The root that a leaf and its inclusion proof lead to; null where the proof cannot be one for this place and size.</summary>
    public static MerkleHash? RootOfInclusion(MerkleHash leaf, long index, long size, ReadOnlySpan<MerkleHash> proof)
    {
        if (index < 0 || index >= size)
        {
            return null;
        }

        var (node, last, root) = (index, size - 1, leaf);
        foreach (var hash in proof)
        {
            if (last == 0)
            {
                return null;
            }

            if ((node & 1) == 1 || node == last)
            {
                root = MerkleHash.OfNode(hash, root);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                root = MerkleHash.OfNode(root, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 ? root : null;
    }

    /// <summary>True when the leaf is at <paramref name="index"/> in the tree of this head.</summary>
    public static bool IsIncluded(MerkleHash leaf, long index, TreeHead head, ReadOnlySpan<MerkleHash> proof) =>
        RootOfInclusion(leaf, index, head.Size, proof) == head.Root;

    /// <summary>True when the tree of <paramref name="head"/> begins with the whole tree of <paramref name="since"/>.</summary>
    public static bool IsConsistent(TreeHead since, TreeHead head, ReadOnlySpan<MerkleHash> proof)
    {
        if (since.Size == head.Size || since.Size == 0)
        {
            // Every tree goes on from the empty one, but for a tree without leaves that says it has another root.
            return proof.IsEmpty && (since.Size == head.Size ? since.Root == head.Root : since.Root == MerkleHash.Empty);
        }

        if (since.Size < 0 || since.Size > head.Size || proof.IsEmpty)
        {
            return false;
        }

        var (node, last) = (since.Size - 1, head.Size - 1);
        while ((node & 1) == 1)
        {
            node >>= 1;
            last >>= 1;
        }

        // Where the old tree is a full subtree of the new one, its root is the first hash, and is not sent.
        var isFull = node == 0;
        var (oldRoot, newRoot) = isFull ? (since.Root, since.Root) : (proof[0], proof[0]);
        foreach (var hash in isFull ? proof : proof[1..])
        {
            if (last == 0)
            {
                return false;
            }

            if ((node & 1) == 1 || node == last)
            {
                oldRoot = MerkleHash.OfNode(hash, oldRoot);
                newRoot = MerkleHash.OfNode(hash, newRoot);
                while ((node & 1) == 0 && node != 0)
                {
                    node >>= 1;
                    last >>= 1;
                }
            }
            else
            {
                newRoot = MerkleHash.OfNode(newRoot, hash);
            }

            node >>= 1;
            last >>= 1;
        }

        return last == 0 && oldRoot == since.Root && newRoot == head.Root;
    }
}
