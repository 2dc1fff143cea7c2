namespace Gateway.Core.Minimisation;

/// <summary>The check digits that tell a card number from an article number.</summary>
internal static class CheckDigits
{
    /// <summary>Luhn, ISO/IEC 7812-1 Annex B: every second digit from the right doubled.</summary>
    public static bool IsLuhn(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            var digit = (digits.Length - 1 - i) % 2 == 0 ? digits[i] : digits[i] * 2;
            sum += digit > 9 ? digit - 9 : digit;
        }

        return sum % 10 == 0;
    }

    /// <summary>GS1 (EAN, GTIN): every second digit from the right tripled.</summary>
    public static bool IsEan(ReadOnlySpan<byte> digits)
    {
        var sum = 0;
        for (var i = digits.Length - 1; i >= 0; i--)
        {
            sum += (digits.Length - 1 - i) % 2 == 0 ? digits[i] : digits[i] * 3;
        }

        return sum % 10 == 0;
    }
}
