namespace Gateway.Telemetry;

/// <summary>
/// Categories of the framework that print paths, headers or bodies of requests below <c>Warning</c>. The cap holds whatever the
/// configuration says, because a log level turned up at night must not become a leak.
/// </summary>
internal static class CategoryCap
{
    // Longest first: the first that fits counts.
    private static readonly (string Category, LogLevel Least)[] s_caps =
    [
        // Off altogether: while it is on, ASP.NET Core starts an activity and a log scope with the path of each request.
        ("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None),
        // Warns at each start that its keys are not encrypted at rest; the folder is ours alone, 0700.
        ("Microsoft.AspNetCore.DataProtection", LogLevel.Error),
        ("Microsoft.AspNetCore", LogLevel.Warning),
        // Tells paths of this machine; what listens where is told by a line of our own.
        ("Microsoft.Hosting.Lifetime", LogLevel.Warning),
        ("Microsoft.Extensions.Http", LogLevel.Warning),
        ("System.Net.Http", LogLevel.Warning),
        ("Grpc", LogLevel.Warning),
        ("Npgsql", LogLevel.Warning),
    ];

    /// <summary>Whether the category may log at the level at all.</summary>
    public static bool Allows(string? category, LogLevel level)
    {
        foreach (var (capped, least) in s_caps)
        {
            if (category is not null && category.StartsWith(capped, StringComparison.OrdinalIgnoreCase)
                && (category.Length == capped.Length || category[capped.Length] == '.'))
            {
                return least != LogLevel.None && level >= least;
            }
        }

        return true;
    }

    /// <summary>
    /// Puts the cap on every rule, and on what no rule covers. A rule of its own would not do: one that names a provider is stronger
    /// than any that does not.
    /// </summary>
    public static void Apply(LoggerFilterOptions options)
    {
        for (var i = 0; i < options.Rules.Count; i++)
        {
            var rule = options.Rules[i];
            options.Rules[i] = new LoggerFilterRule(rule.ProviderName, rule.CategoryName, rule.LogLevel, Capped(rule.Filter));
        }

        options.Rules.Insert(0, new LoggerFilterRule(providerName: null, categoryName: null, options.MinLevel, Capped(inner: null)));
    }

    private static Func<string?, string?, LogLevel, bool> Capped(Func<string?, string?, LogLevel, bool>? inner) =>
        (provider, category, level) => Allows(category, level) && (inner is null || inner(provider, category, level));
}
