using System.Globalization;
using System.Text;

namespace Gateway.Stores.Tests.Faults;

/// <summary>A leaf that says which it is and how long, filled with bytes that no other leaf has: found again, it is checked byte for byte.</summary>
internal static class NumberedLeaf
{
    /// <summary>The leaf that a check appends to see that the log goes on.</summary>
    public const int After = 1_000_000_000;

    /// <summary>Some that fit a page many times, some that take most of one, some that overflow it.</summary>
    public static int MixedSize(int number) => (number % 10) switch
    {
        4 => 3000,
        9 => 20_000,
        _ => 40 + (number % 7),
    };

    public static byte[] Of(int number, int size)
    {
        var leaf = new byte[size];
        for (var i = 0; i < size; i++)
        {
            leaf[i] = (byte)((number * 31) + (i * 7));
        }

        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<L{number},{size}>")).CopyTo(leaf, 0);
        return leaf;
    }

    /// <summary>Its number; null for bytes that no such leaf has.</summary>
    public static int? Read(byte[] leaf)
    {
        var end = Array.IndexOf(leaf, (byte)'>');
        var comma = Array.IndexOf(leaf, (byte)',');
        return end > comma && comma > 2
            && int.TryParse(leaf.AsSpan(2, comma - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && leaf.AsSpan().SequenceEqual(Of(number, leaf.Length))
            ? number
            : null;
    }
}
