using System.Globalization;

namespace Gateway.Calls;

/// <summary>The header <c>grpc-timeout</c> of gRPC over HTTP/2: at most eight digits and a unit of H, M, S, m, u, n.</summary>
internal static class GrpcTimeout
{
    public const string Header = "grpc-timeout";

    /// <summary>The duration, or null for what is absent or not well-formed.</summary>
    public static TimeSpan? Parse(string? text)
    {
        if (text is not { Length: >= 2 and <= 9 }
            || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
        {
            return null;
        }

        return text[^1] switch
        {
            'H' => TimeSpan.FromHours(amount),
            'M' => TimeSpan.FromMinutes(amount),
            'S' => TimeSpan.FromSeconds(amount),
            'm' => TimeSpan.FromMilliseconds(amount),
            'u' => TimeSpan.FromMicroseconds(amount),
            'n' => TimeSpan.FromTicks(amount / 100),
            _ => null,
        };
    }

    /// <summary>Whole seconds.</summary>
    public static string Format(TimeSpan duration) => ((long)duration.TotalSeconds).ToString(CultureInfo.InvariantCulture) + "S";
}
