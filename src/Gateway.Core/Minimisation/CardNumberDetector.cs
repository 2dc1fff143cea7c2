using System.Buffers;

namespace Gateway.Core.Minimisation;

/// <summary>
/// Text that looks like a payment card number (PAN, ISO/IEC 7812): 13 to 19 digits in one run or in the groups that cards are printed
/// in, of a known issuer, with a valid Luhn digit. Allocates nothing; text with fewer than 13 digits costs one pass.
/// </summary>
/// <remarks>
/// Against false hits: digits inside a longer run, after a plus sign (telephone), next to one or two letters (serials, hex, tracking
/// numbers), in a valid IBAN, and bare 13 digits with a valid EAN digit are no card number. Nor is a window in the middle of more groups
/// of four than a card has. A random 16-digit number is still taken for one about once in fifty: keys of a record that holds card data
/// are better not made of digits alone.
/// </remarks>
public static class CardNumberDetector
{
    internal const int MinDigits = 13;
    internal const int MaxDigits = 19;

    private const int MaxGroups = 5;
    private const int OnStack = 512;

    /// <summary>True when a part of <paramref name="text"/> looks like a card number.</summary>
    public static bool Finds(ReadOnlySpan<char> text)
    {
        if (!MayHold(text))
        {
            return false;
        }

        var rented = text.Length > OnStack ? ArrayPool<char>.Shared.Rent(text.Length) : null;
        try
        {
            var plain = rented ?? stackalloc char[OnStack];
            return Scan(plain[..CardNumberText.Normalise(text, plain)]);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<char>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    private static bool MayHold(ReadOnlySpan<char> text)
    {
        if (text.Length < MinDigits)
        {
            return false;
        }

        var digits = 0;
        foreach (var c in text)
        {
            // Any other script may have digits of its own.
            if (char.IsAsciiDigit(c) || !char.IsAscii(c))
            {
                digits++;
            }
        }

        return digits >= MinDigits;
    }

    private static bool Scan(ReadOnlySpan<char> plain)
    {
        Span<int> groups = stackalloc int[MaxGroups + 1];
        var before = 0;
        for (var at = 0; at < plain.Length;)
        {
            if (!char.IsAsciiDigit(plain[at]))
            {
                before = plain[at] == CardNumberText.Separator ? before : 0;
                at++;
                continue;
            }

            if (BeginsHere(plain, at, groups[..CardNumberText.Groups(plain[at..], groups)], before))
            {
                return true;
            }

            before = groups[0];
            at += before;
            // Two separators in a row end a number.
            if (at + 1 < plain.Length && plain[at] == CardNumberText.Separator && !char.IsAsciiDigit(plain[at + 1]))
            {
                before = 0;
            }
        }

        return false;
    }

    private static bool BeginsHere(ReadOnlySpan<char> plain, int start, ReadOnlySpan<int> groups, int before)
    {
        if (groups[0] is >= MinDigits and <= MaxDigits && IsCard(plain, start, groups[0], groups[0]))
        {
            return true;
        }

        var digits = groups[0];
        for (var count = 2; count <= Math.Min(groups.Length, MaxGroups); count++)
        {
            digits += groups[count - 1];
            var aligned = before != 4 || count == groups.Length;
            if (aligned && CardNumberText.IsCardLike(groups[..count]) && IsCard(plain, start, digits + count - 1, digits))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsCard(ReadOnlySpan<char> plain, int start, int length, int count)
    {
        Span<byte> digits = stackalloc byte[MaxDigits];
        var at = 0;
        foreach (var c in plain.Slice(start, length))
        {
            if (c != CardNumberText.Separator)
            {
                digits[at++] = (byte)(c - '0');
            }
        }

        var number = digits[..count];
        return CardIssuers.Know(number)
            && CheckDigits.IsLuhn(number)
            && !(length == 13 && CheckDigits.IsEan(number))
            && CardNumberText.StandsAlone(plain, start, length)
            && !Iban.Covers(plain, start, start + length);
    }
}
