using System.Globalization;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>Numbers with up to nine decimals, as whole units and billionths of the same sign. Nothing is rounded.</summary>
internal static class ExactDecimal
{
    private const decimal Billion = 1_000_000_000m;

    // What a double holds for any decimal number written into it; beyond, its digits are an artefact.
    private const int DigitsOfDouble = 15;

    public static bool From(long whole, out (long Units, int Nanos) value)
    {
        value = (whole, 0);
        return true;
    }

    public static bool TryFrom(double number, out (long Units, int Nanos) value)
    {
        value = default;
        if (!double.IsFinite(number))
        {
            return false;
        }

        // The shortest text that reads back as the same double is the number that was written into it.
        Span<byte> text = stackalloc byte[32];
        return number.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture)
            && decimal.TryParse(text[..length], NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
            && SignificantDigits(text[..length]) <= DigitsOfDouble
            && TrySplit(exact, out value);
    }

    /// <summary>Digits with an optional minus and up to nine decimals after a point; no exponent, no blanks, no signs otherwise.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out (long Units, int Nanos) value)
    {
        value = default;
        const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        var point = text.IndexOf((byte)'.');
        return text.Length is > 0 and <= 30 && text[0] != '+' && char.IsAsciiDigit((char)text[^1])
            && char.IsAsciiDigit((char)text[text[0] == '-' && text.Length > 1 ? 1 : 0])
            && (point < 0 || text.Length - point - 1 <= 9)
            && decimal.TryParse(text, Plain, CultureInfo.InvariantCulture, out var exact)
            && TrySplit(exact, out value);
    }

    private static bool TrySplit(decimal exact, out (long Units, int Nanos) value)
    {
        value = default;
        var units = decimal.Truncate(exact);
        if (Math.Abs(exact) > long.MaxValue)
        {
            return false;
        }

        var nanos = (exact - units) * Billion;
        value = ((long)units, (int)nanos);
        return nanos == decimal.Truncate(nanos);
    }

    private static int SignificantDigits(ReadOnlySpan<byte> text)
    {
        var exponent = text.IndexOf((byte)'E');
        var digits = 0;
        var zeros = 0;
        foreach (var c in exponent < 0 ? text : text[..exponent])
        {
            if (c is >= (byte)'1' and <= (byte)'9')
            {
                digits += zeros + 1;
                zeros = 0;
            }
            else if (c == '0' && digits > 0)
            {
                zeros++;
            }
        }

        return digits;
    }
}
