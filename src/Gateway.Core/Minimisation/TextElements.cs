using System.Globalization;

namespace Gateway.Core.Minimisation;

/// <summary>
/// <c>keep_last</c> and <c>keep_first</c>. Counts text elements, extended grapheme clusters of Unicode (UAX #29), so that no letter loses
/// its accent and no emoji falls apart. A lone surrogate counts as one element.
/// </summary>
internal static class TextElements
{
    /// <summary>The last <paramref name="count"/> text elements; empty when the text has that many or fewer.</summary>
    public static string Last(string text, int count)
    {
        var skip = Count(text) - count;
        return skip <= 0 ? "" : text[Offset(text, skip)..];
    }

    /// <summary>The first <paramref name="count"/> text elements; empty when the text has that many or fewer.</summary>
    public static string First(string text, int count)
    {
        // An element is at least one char: a shorter text needs no counting.
        if (text.Length <= count)
        {
            return "";
        }

        var end = Offset(text, count);
        return end == text.Length ? "" : text[..end];
    }

    private static int Count(ReadOnlySpan<char> text)
    {
        var count = 0;
        for (; !text.IsEmpty; count++)
        {
            text = text[StringInfo.GetNextTextElementLength(text)..];
        }

        return count;
    }

    /// <summary>Where the element after the first <paramref name="count"/> begins; the text's length where there is none.</summary>
    private static int Offset(ReadOnlySpan<char> text, int count)
    {
        var at = 0;
        for (; count > 0 && at < text.Length; count--)
        {
            at += StringInfo.GetNextTextElementLength(text[at..]);
        }

        return at;
    }
}
