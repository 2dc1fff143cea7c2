using Gateway.Protos.Type.V1;

namespace Gateway.Core.Minimisation;

/// <summary>
/// <c>bucket</c>: the largest multiple of the size that is not above the value, also below zero (-7 in buckets of 5 is -10). Where the
/// type cannot hold that one, the lowest multiple it can hold.
/// </summary>
internal static class Buckets
{
    public static int Floor(int value, long size)
    {
        var floor = Floor((long)value, size);
        return (int)(floor < int.MinValue ? floor + size : floor);
    }

    public static uint Floor(uint value, long size) => (uint)(value - (value % size));

    public static ulong Floor(ulong value, long size) => value - (value % (ulong)size);

    public static long Floor(long value, long size)
    {
        var above = value % size;
        if (above < 0)
        {
            above += size;
        }

        return value < long.MinValue + above ? value + (size - above) : value - above;
    }

    /// <summary>Whole units, no nanos; the currency as it is.</summary>
    public static Money Floor(Money amount, long size)
    {
        // A debt of 3.50 lies in the unit below -3. Malformed nanos count too: their sign, and what they hold of whole units.
        var carried = Math.DivRem(amount.Nanos, 1_000_000_000, out var rest);
        var whole = (Int128)amount.Units + carried - (rest < 0 ? 1 : 0);
        return new Money
        {
            CurrencyCode = amount.CurrencyCode,
            Units = Floor((long)Int128.Clamp(whole, long.MinValue, long.MaxValue), size),
        };
    }
}
