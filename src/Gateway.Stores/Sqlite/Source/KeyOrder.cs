namespace Gateway.Stores.Sqlite.Source;

/// <summary>The order SQLite keeps texts in: by their UTF-8 bytes, which is by code points and not by UTF-16 units.</summary>
internal static class KeyOrder
{
    public static int Compare(string x, string y)
    {
        var at = x.AsSpan().CommonPrefixLength(y);
        if (at == x.Length || at == y.Length)
        {
            return x.Length - y.Length;
        }

        // A surrogate stands for a code point above every other unit's.
        var (a, b) = (x[at], y[at]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a - b : char.IsSurrogate(a) ? 1 : -1;
    }
}
