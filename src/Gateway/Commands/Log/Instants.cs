using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Gateway.Commands.Log;

/// <summary>Instants as they are written on the command line.</summary>
internal static class Instants
{
    /// <summary>Two instants, the first inclusive, the second exclusive.</summary>
    public static Option<(DateTimeOffset, DateTimeOffset)?> Between(TimeProvider clock) => new("--between")
    {
        Description = "From the first instant to before the second: 2026-03-01,2026-03-08.",
        CustomParser = result => Times(result.Tokens[0].Value, clock, result),
    };

    private static (DateTimeOffset, DateTimeOffset)? Times(string text, TimeProvider clock, SymbolResult result)
    {
        var parts = text.Split(',');
        if (parts.Length == 2 && Time(parts[0], clock, result) is { } first && Time(parts[1], clock, result) is { } second)
        {
            if (first < second)
            {
                return (first, second);
            }

            result.AddError("--between: the first instant must be before the second.");
        }
        else if (parts.Length != 2)
        {
            result.AddError("--between: write two instants with a comma between them.");
        }

        return null;
    }

    /// <summary>The instant; null where the text is none, which is then the option's error.</summary>
    public static DateTimeOffset? Time(string text, TimeProvider clock, SymbolResult result)
    {
        if (text.Length > 1 && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && Unit(text[^1]) is { } unit && number <= 36_500)
        {
            return clock.GetUtcNow() - (unit * number);
        }

        if (DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return time;
        }

        result.AddError($"'{text}' is no instant: write 2026-03-01, 2026-03-01T12:00Z, or 90s, 15m, 2h, 7d.");
        return null;
    }

    private static TimeSpan? Unit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
