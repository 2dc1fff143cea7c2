namespace Gateway.Core.Annotations;

/// <summary>Which known key was probably meant. For advice in errors only; nothing is decided on it.</summary>
internal static class Spelling
{
    // Longer keys than any known one are not worth comparing.
    private const int LongestCompared = 200;

    /// <summary>
    /// The known key nearest to <paramref name="key"/>: at most three letters inserted, left out or changed, and fewer than half of them;
    /// else the only one that ends in the same word after the last dot. Null where nothing is near.
    /// </summary>
    public static string? Nearest(string key, IEnumerable<string> known)
    {
        if (key.Length is 0 or > LongestCompared)
        {
            return null;
        }

        var lower = key.ToLowerInvariant();
        var keys = known.Order(StringComparer.Ordinal).ToArray();
        var (near, distance) = keys.Select(k => (k, Distance(lower, k.ToLowerInvariant()))).Append((lower, int.MaxValue)).MinBy(x => x.Item2);
        if (distance <= 3 && distance * 2 < key.Length)
        {
            return near;
        }

        var last = lower[(lower.LastIndexOf('.') + 1)..];
        var same = keys.Where(k => k.EndsWith($".{last}", StringComparison.Ordinal) || k == last).Take(2).ToArray();
        return same.Length == 1 ? same[0] : null;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j < row.Length; j++)
            {
                var changed = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
