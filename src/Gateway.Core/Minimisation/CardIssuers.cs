namespace Gateway.Core.Minimisation;

/// <summary>
/// Ranges of issuer identification numbers (ISO/IEC 7812) and the lengths that go with them, as the card schemes publish them. Maestro by
/// its own prefixes only: all of 50, 56–58 and 6 would take in every third number.
/// </summary>
internal static class CardIssuers
{
    private static readonly Range[] s_ranges =
    [
        new("Visa", 4000, 4999, 13, 16, 19),
        new("Mastercard", 5100, 5599, 16),
        new("Mastercard", 2221, 2720, 16),
        new("American Express", 3400, 3499, 15),
        new("American Express", 3700, 3799, 15),
        new("Discover", 6011, 6011, 16, 19),
        new("Discover", 6440, 6599, 16, 19),
        new("JCB", 3528, 3589, 16, 19),
        new("Diners Club", 3000, 3059, 14, 16),
        new("Diners Club", 3090, 3099, 14, 16),
        new("Diners Club", 3600, 3699, 14, 16),
        new("Diners Club", 3800, 3999, 14, 16),
        new("UnionPay", 6200, 6299, 16, 17, 18, 19),
        new("UnionPay", 8100, 8171, 16, 17, 18, 19),
        new("Maestro", 5018, 5018, 13, 14, 15, 16, 17, 18, 19),
        new("Maestro", 5020, 5020, 13, 14, 15, 16, 17, 18, 19),
        new("Maestro", 5038, 5038, 13, 14, 15, 16, 17, 18, 19),
        new("Maestro", 5893, 5893, 13, 14, 15, 16, 17, 18, 19),
        new("Maestro", 6304, 6304, 13, 14, 15, 16, 17, 18, 19),
        new("Maestro", 6390, 6390, 13, 14, 15, 16, 17, 18, 19),
        new("Maestro", 6759, 6763, 13, 14, 15, 16, 17, 18, 19),
    ];

    /// <summary>True when an issuer has numbers of this beginning and length.</summary>
    public static bool Know(ReadOnlySpan<byte> digits)
    {
        var first = (((((digits[0] * 10) + digits[1]) * 10) + digits[2]) * 10) + digits[3];
        foreach (var range in s_ranges)
        {
            if (range.First <= first && first <= range.Last && range.Lengths.Contains(digits.Length))
            {
                return true;
            }
        }

        return false;
    }

    /// <param name="Issuer">Whose, for the reader.</param>
    /// <param name="First">Lowest first four digits.</param>
    /// <param name="Last">Highest first four digits.</param>
    /// <param name="Lengths">Digits in all.</param>
    private sealed record Range(string Issuer, int First, int Last, params int[] Lengths);
}
