using System.Globalization;
using System.Text.RegularExpressions;

namespace Gateway.Core.Contracts.Yaml;

/// <summary>Nodes → values of the format. Each gives null, with an error, for anything else; null without one where nothing was written.</summary>
internal static partial class Scalars
{
    /// <summary>Longest text of the format, characters.</summary>
    private const int LongestText = 1000;

    /// <summary>Longest duration, days.</summary>
    private const int LongestDays = 36500;

    /// <summary>One line of text, not empty, without control characters and without those that turn the direction of text.</summary>
    public static string? Text(YamlNode? node, string key, Findings findings)
    {
        if (Scalar(node, key, "a text", findings) is not { } scalar)
        {
            return null;
        }

        if (scalar.Plain && IsTyped(scalar.Text))
        {
            findings.Error(scalar.Mark, $"'{key}' is {TypeOf(scalar.Text)}, not a text", $"put it in quotes: '{key}: \"{scalar.Text}\"'");
        }
        else if (string.IsNullOrWhiteSpace(scalar.Text))
        {
            findings.Error(scalar.Mark, $"'{key}' is empty", "write what it is");
        }
        else if (scalar.Text.Length > LongestText || scalar.Text.Any(IsHidden))
        {
            findings.Error(scalar.Mark, $"'{key}' is not one line of at most {LongestText} visible characters", "write it shorter, on one line");
        }
        else
        {
            return scalar.Text;
        }

        return null;
    }

    /// <summary>A name of the format: lower-case letters, digits and dashes.</summary>
    public static string? Id(YamlNode? node, string key, Findings findings)
    {
        if (Text(node, key, findings) is not { } text)
        {
            return null;
        }

        if (IdPattern().IsMatch(text))
        {
            return text;
        }

        findings.Error(node!.Mark, $"{Findings.Quote(text)} cannot be '{key}'",
            "write 2 to 63 lower-case letters, digits and dashes, a letter first");
        return null;
    }

    /// <summary>A whole number within bounds.</summary>
    public static long? Whole(YamlNode? node, string key, long least, long most, Findings findings)
    {
        if (Scalar(node, key, "a number", findings) is not { } scalar)
        {
            return null;
        }

        if (!scalar.Plain || !long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            findings.Error(scalar.Mark, $"'{key}' is {Findings.Quote(scalar.Text)}, not a whole number",
                $"write a number from {least} to {most}, without quotes");
        }
        else if (value < least || value > most)
        {
            findings.Error(scalar.Mark, $"'{key}' is {value}", $"write a number from {least} to {most}");
        }
        else
        {
            return value;
        }

        return null;
    }

    /// <summary>Only <c>true</c>: a switch is set or left out.</summary>
    public static bool Set(YamlNode? node, string key, Findings findings)
    {
        if (Scalar(node, key, "true", findings) is not { } scalar)
        {
            return false;
        }

        if (scalar is { Plain: true, Text: "true" })
        {
            return true;
        }

        findings.Error(scalar.Mark, $"'{key}' is {Findings.Quote(scalar.Text)}", $"write '{key}: true' or leave it out");
        return false;
    }

    /// <summary>A date, <c>YYYY-MM-DD</c>: its first instant, UTC.</summary>
    public static DateTimeOffset? Date(YamlNode? node, string key, Findings findings)
    {
        if (Scalar(node, key, "a date", findings) is not { } scalar)
        {
            return null;
        }

        // The last day of the calendar has no day after it, and expiry is the first instant of that day.
        if (DateOnly.TryParseExact(scalar.Text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && date < DateOnly.MaxValue)
        {
            return new DateTimeOffset(date, TimeOnly.MinValue, TimeSpan.Zero);
        }

        findings.Error(scalar.Mark, $"'{key}' is {Findings.Quote(scalar.Text)}, which is no date", "write YYYY-MM-DD");
        return null;
    }

    /// <summary>Days or hours: <c>30d</c>, <c>12h</c>.</summary>
    /// <param name="node">The value.</param>
    /// <param name="key">Its key.</param>
    /// <param name="zero">True where nothing at all means something.</param>
    /// <param name="findings">Where errors go.</param>
    public static TimeSpan? Duration(YamlNode? node, string key, bool zero, Findings findings)
    {
        if (Scalar(node, key, "a duration", findings) is not { } scalar)
        {
            return null;
        }

        if (DurationPattern().IsMatch(scalar.Text))
        {
            var count = int.Parse(scalar.Text.AsSpan(0, scalar.Text.Length - 1), CultureInfo.InvariantCulture);
            var value = scalar.Text[^1] == 'd' ? TimeSpan.FromDays(count) : TimeSpan.FromHours(count);
            if (value <= TimeSpan.FromDays(LongestDays) && (zero || value > TimeSpan.Zero))
            {
                return value;
            }
        }

        findings.Error(scalar.Mark, $"'{key}' is {Findings.Quote(scalar.Text)}, which is no duration this can have",
            $"write days or hours, as 30d or 12h, {(zero ? "0d" : "1h")} to {LongestDays}d");
        return null;
    }

    /// <summary>One word of a closed list.</summary>
    public static string? Choice(YamlNode? node, string key, IReadOnlyCollection<string> words, Findings findings)
    {
        if (Scalar(node, key, string.Join(", ", words), findings) is not { } scalar)
        {
            return null;
        }

        if (words.Contains(scalar.Text, StringComparer.Ordinal))
        {
            return scalar.Text;
        }

        findings.Error(scalar.Mark, $"{Findings.Quote(scalar.Text)} is not known as '{key}'",
            Suggestion.Or(scalar.Text, words, "write " + string.Join(", ", words)));
        return null;
    }

    private static YamlScalar? Scalar(YamlNode? node, string key, string kind, Findings findings)
    {
        switch (node)
        {
            case YamlScalar { Plain: true, Text: "" or "~" or "null" }:
                findings.Error(node.Mark, $"'{key}' has no value", $"write {kind}");
                return null;
            case YamlScalar scalar:
                return scalar;
            case YamlList or YamlMap:
                findings.Error(node.Mark, $"'{key}' is a {(node is YamlList ? "list" : "mapping")}", $"write {kind}");
                return null;
            default:
                return null;
        }
    }

    // A reviewer must read what is there: U+202A to U+202E and U+2066 to U+2069 show text in another order than it is written.
    private static bool IsHidden(char c) => char.IsControl(c) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    private static bool IsTyped(string text) => text is "true" or "false" || NumberPattern().IsMatch(text);

    private static string TypeOf(string text) => text is "true" or "false" ? "true or false" : "a number";

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{1,62}\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[0-9]{1,6}[dh]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DurationPattern();

    [GeneratedRegex(@"\A[-+]?([0-9][0-9_]*(\.[0-9]*)?([eE][-+]?[0-9]+)?|0x[0-9a-fA-F]+|0o[0-7]+)\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberPattern();
}
