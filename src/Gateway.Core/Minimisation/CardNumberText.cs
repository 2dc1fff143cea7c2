using System.Buffers;
using System.Globalization;
using System.Text;

namespace Gateway.Core.Minimisation;

/// <summary>Text as the card number detector reads it: ASCII digits and capitals, one separator, everything else a bar.</summary>
internal static class CardNumberText
{
    /// <summary>Stands for any space or dash.</summary>
    public const char Separator = ' ';

    // A letter of another script: no part of an IBAN, yet a letter.
    private const char OtherLetter = 'x';

    private static readonly SearchValues<char> s_letters = SearchValues.Create($"ABCDEFGHIJKLMNOPQRSTUVWXYZ{OtherLetter}");

    /// <summary>
    /// Writes the normal form, never longer than the text: digits of any script as ASCII; what has no width and no meaning of its own
    /// (zero-width characters, soft hyphens, combining marks) left out.
    /// </summary>
    public static int Normalise(ReadOnlySpan<char> text, Span<char> plain)
    {
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Normal(rune) is { } c)
            {
                plain[length++] = c;
            }
        }

        return length;
    }

    /// <summary>Lengths of the digit groups from here on, each but the first after one separator; at most as many as fit.</summary>
    public static int Groups(ReadOnlySpan<char> plain, Span<int> groups)
    {
        var count = 0;
        for (var at = 0; count < groups.Length && at < plain.Length && char.IsAsciiDigit(plain[at]);)
        {
            var start = at;
            while (at < plain.Length && char.IsAsciiDigit(plain[at]))
            {
                at++;
            }

            groups[count++] = at - start;
            if (at == plain.Length || plain[at] != Separator)
            {
                break;
            }

            at++;
        }

        return count;
    }

    /// <summary>True for the groups that card numbers are printed or typed in, 13 to 19 digits in all.</summary>
    public static bool IsCardLike(ReadOnlySpan<int> groups)
    {
        var lengths = 0L;
        foreach (var length in groups)
        {
            // Two decimals a group; a longer one is none of a card.
            lengths = (lengths * 100) + Math.Min(length, 99);
        }

        return lengths is 4_04_04_04 or 4_06_05 or 4_06_04 or 4_04_04_03 or 4_04_04_02 or 4_03_03_03 or 8_08 or 6_13
            or 4_04_04_04_01 or 4_04_04_04_02 or 4_04_04_04_03;
    }

    /// <summary>False after a plus sign, and next to a letter or two; a word of three letters or more (`card4111…`) changes nothing.</summary>
    public static bool StandsAlone(ReadOnlySpan<char> plain, int start, int length)
    {
        var before = plain[..start];
        var after = plain[(start + length)..];
        var letters = before.Length - 1 - before.LastIndexOfAnyExcept(s_letters);
        var following = after.IndexOfAnyExcept(s_letters);
        following = following < 0 ? after.Length : following;
        return letters is 0 or > 2 && following is 0 or > 2 && !before.EndsWith("+");
    }

    private static char? Normal(Rune rune)
    {
        if (rune.IsAscii)
        {
            var c = (char)rune.Value;
            return char.IsAsciiDigit(c) || c == '+' ? c
                : char.IsAsciiLetter(c) ? char.ToUpperInvariant(c)
                : c is ' ' or '-' ? Separator : '|';
        }

        switch (Rune.GetUnicodeCategory(rune))
        {
            case UnicodeCategory.DecimalDigitNumber:
            case UnicodeCategory.OtherNumber:
                var value = Rune.GetNumericValue(rune);
                return value is >= 0 and <= 9 && value == Math.Floor(value) ? (char)('0' + (int)value) : '|';
            case UnicodeCategory.SpaceSeparator:
            case UnicodeCategory.DashPunctuation:
                return Separator;
            case UnicodeCategory.Format:
            case UnicodeCategory.NonSpacingMark:
            case UnicodeCategory.EnclosingMark:
                return null;
            // Letters of scripts without spaces (OtherLetter) are none here: they run words and numbers together.
            case UnicodeCategory.UppercaseLetter:
            case UnicodeCategory.LowercaseLetter:
            case UnicodeCategory.TitlecaseLetter:
            case UnicodeCategory.ModifierLetter:
                return OtherLetter;
            default:
                // MINUS SIGN is a mathematical symbol to Unicode, a dash to who types it; FULLWIDTH PLUS SIGN is a plus.
                return rune.Value == 0x2212 ? Separator : rune.Value == 0xFF0B ? '+' : '|';
        }
    }
}
