using System.Globalization;
using System.Text;

namespace Gateway.Stores.Sqlite.Source;

/// <summary>
/// Times as the source writes them: <c>YYYY-MM-DDTHH:MM:SSZ</c> or <c>YYYY-MM-DDTHH:MM:SS.fffZ</c>, UTC, nothing else. Within one second
/// the text with a fraction sorts before the one without (<c>.</c> &lt; <c>Z</c>); a <see cref="Threshold"/> makes comparisons exact all
/// the same, and leaves the raw column to the index.
/// </summary>
internal static class SourceInstant
{
    private const string WithFraction = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
    private const int LengthWithout = 20;
    private const int LengthWith = 24;

    /// <summary>SQL that is true for a text which cannot be a time: such a row is fetched and refused rather than passed over.</summary>
    public const string Malformed =
        "NOT GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*Z'";

    /// <summary>Parses the exact bytes; false for anything else, 60th seconds and impossible dates among it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text.Length is not (LengthWithout or LengthWith) || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':'
            || text[16] != ':' || text[^1] != 'Z')
        {
            return false;
        }

        var millisecond = 0;
        if (!Digits(text[..4], out var year) || !Digits(text[5..7], out var month) || !Digits(text[8..10], out var day)
            || !Digits(text[11..13], out var hour) || !Digits(text[14..16], out var minute) || !Digits(text[17..19], out var second)
            || (text.Length == LengthWith && (text[19] != '.' || !Digits(text[20..23], out millisecond))))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        instant = new DateTimeOffset(year, month, day, hour, minute, second, millisecond, TimeSpan.Zero);
        return true;
    }

    /// <summary>The text of an instant, rounded down to the millisecond, which is as fine as the source's times are.</summary>
    public static string Format(DateTimeOffset instant) => instant.UtcDateTime.ToString(WithFraction, CultureInfo.InvariantCulture);

    /// <summary>True when a well-formed text of this length carries a fraction.</summary>
    public static bool HasFraction(int length) => length == LengthWith;

    /// <summary>The text of an instant without its fraction: the start of the second it lies in.</summary>
    public static string FormatSecond(DateTimeOffset instant) => SecondOf(Format(instant));

    /// <summary>The text of the whole second an instant lies in: <c>…:05Z</c> for <c>…:05.120Z</c>.</summary>
    public static string SecondOf(string text) => string.Concat(text.AsSpan(0, LengthWithout - 1), "Z");

    private static bool Digits(ReadOnlySpan<byte> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (c is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            value = (value * 10) + (c - '0');
        }

        return true;
    }
}

/// <summary>
/// An instant to compare times with. A time is after it when <c>time &gt; Text AND time &lt;&gt; Second</c>; it is at or before it when
/// <c>time &lt;= Text OR time = Second</c>: <c>Second</c>, being the start of the very second, is never after.
/// </summary>
internal sealed class Threshold
{
    public Threshold(DateTimeOffset instant)
    {
        var text = SourceInstant.Format(instant);
        Text = Encoding.ASCII.GetBytes(text);
        Second = Encoding.ASCII.GetBytes(SourceInstant.SecondOf(text));
    }

    public ReadOnlyMemory<byte> Text { get; }

    public ReadOnlyMemory<byte> Second { get; }

    /// <summary><paramref name="now"/> less <paramref name="span"/>; the beginning of time where that lies before it.</summary>
    public static Threshold Before(DateTimeOffset now, TimeSpan span) =>
        new(span >= now - DateTimeOffset.MinValue ? DateTimeOffset.MinValue : now - span);

    /// <summary>SQL: <paramref name="column"/> is after the threshold bound as ?<paramref name="text"/> and ?<paramref name="second"/>.</summary>
    public static string IsAfter(string column, int text, int second) => $"({column} > ?{text} AND {column} <> ?{second})";
}
