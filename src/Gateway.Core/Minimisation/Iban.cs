namespace Gateway.Core.Minimisation;

/// <summary>Finds bank account numbers (IBAN, ISO 13616) in normalised text, so that their digits are not taken for a card's.</summary>
internal static class Iban
{
    private const int Shortest = 15;
    private const int Longest = 34;

    /// <summary>True when a valid IBAN holds all of the text from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static bool Covers(ReadOnlySpan<char> plain, int start, int end)
    {
        // Printed in groups of four: a separator after each.
        for (var from = start - 1; from >= 0 && start - from <= Longest + (Longest / 4); from--)
        {
            if (char.IsAsciiLetterUpper(plain[from]) && (from == 0 || !char.IsAsciiLetterOrDigit(plain[from - 1])) && IsValid(plain[from..], end - from))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when a valid IBAN begins here and ends, at the end of a word, no earlier than <paramref name="atLeast"/>.</summary>
    private static bool IsValid(ReadOnlySpan<char> plain, int atLeast)
    {
        if (plain.Length < Shortest || !char.IsAsciiLetterUpper(plain[1]) || !char.IsAsciiDigit(plain[2]) || !char.IsAsciiDigit(plain[3]))
        {
            return false;
        }

        var remainder = 0;
        var length = 4;
        for (var at = 4; at < plain.Length && length < Longest; at++)
        {
            if (plain[at] == CardNumberText.Separator)
            {
                continue;
            }

            if (!char.IsAsciiDigit(plain[at]) && !char.IsAsciiLetterUpper(plain[at]))
            {
                return false;
            }

            remainder = Append(remainder, plain[at]);
            length++;
            var endsWord = at + 1 == plain.Length || !char.IsAsciiLetterOrDigit(plain[at + 1]);
            if (endsWord && length >= Shortest && at + 1 >= atLeast && Rotated(remainder, plain) == 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>ISO 7064 MOD 97-10 is taken with the first four characters moved to the end.</summary>
    private static int Rotated(int remainder, ReadOnlySpan<char> plain)
    {
        foreach (var c in plain[..4])
        {
            remainder = Append(remainder, c);
        }

        return remainder;
    }

    private static int Append(int remainder, char c) =>
        char.IsAsciiDigit(c) ? ((remainder * 10) + (c - '0')) % 97 : ((remainder * 100) + (c - 'A' + 10)) % 97;
}
