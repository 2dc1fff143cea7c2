using System.Numerics;

namespace Gateway.Core.Log.Tree;

/// <summary>Leaves from <paramref name="Start"/> to before <paramref name="End"/>: a subtree that a proof names.</summary>
public readonly record struct TreeRange(long Start, long End)
{
    /// <summary>Subtrees whose roots prove that a leaf is in a tree, from the leaf's sibling up (RFC 6962, section 2.1.1).</summary>
    public static IReadOnlyList<TreeRange> OfInclusion(long index, long size)
    {
        var ranges = new List<TreeRange>();
        Inclusion(index, 0, size, ranges);
        return ranges;
    }

    /// <summary>Subtrees whose roots prove that a tree goes on from a smaller one (RFC 6962, section 2.1.2); none where one is empty or both are one.</summary>
    public static IReadOnlyList<TreeRange> OfConsistency(long since, long size)
    {
        var ranges = new List<TreeRange>();
        if (since > 0 && since < size)
        {
            Consistency(since, 0, size, isWhole: true, ranges);
        }

        return ranges;
    }

    /// <summary>Where a range splits: at the largest power of two below its length.</summary>
    internal static long Split(long length) => 1L << BitOperations.Log2((ulong)(length - 1));

    private static void Inclusion(long index, long start, long end, List<TreeRange> ranges)
    {
        if (end - start == 1)
        {
            return;
        }

        var middle = start + Split(end - start);
        if (index < middle)
        {
            Inclusion(index, start, middle, ranges);
            ranges.Add(new TreeRange(middle, end));
        }
        else
        {
            Inclusion(index, middle, end, ranges);
            ranges.Add(new TreeRange(start, middle));
        }
    }

    private static void Consistency(long since, long start, long end, bool isWhole, List<TreeRange> ranges)
    {
        if (since == end)
        {
            if (!isWhole)
            {
                ranges.Add(new TreeRange(start, end));
            }

            return;
        }

        var middle = start + Split(end - start);
        if (since <= middle)
        {
            Consistency(since, start, middle, isWhole, ranges);
            ranges.Add(new TreeRange(middle, end));
        }
        else
        {
            Consistency(since, middle, end, isWhole: false, ranges);
            ranges.Add(new TreeRange(start, middle));
        }
    }
}
