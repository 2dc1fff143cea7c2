using System.Collections.Frozen;
using Gateway.Core.Contracts.Yaml;

namespace Gateway.Core.Contracts;

/// <summary>Where data goes: the <c>country</c> of a section and, outside the policy's area, the <c>safeguard</c> that it must name.</summary>
internal static class CountryCompiler
{
    /// <param name="section">Who gets the data.</param>
    /// <param name="area">The policy's area; null where it could not be read, and nothing is checked against it.</param>
    /// <param name="safeguard">What a safeguard can be, as the end of the advice to write one.</param>
    /// <param name="findings">Where errors go.</param>
    /// <returns>ISO 3166-1 alpha-2; null with an error.</returns>
    public static string? Compile(Section section, FrozenSet<string>? area, string safeguard, Findings findings)
    {
        var node = section.Require("country", "GB");
        if (Scalars.Text(node, "country", findings) is not { } country)
        {
            return null;
        }

        if (!Countries.IsKnown(country))
        {
            findings.Error(node!.Mark, $"{Findings.Quote(country)} is no country",
                country == "UK" ? "did you mean 'GB'?" : "write its ISO 3166-1 alpha-2 code, as GB");
            return null;
        }

        if (area is not null && !Countries.Covers(area, country) && section.Find("safeguard") is null)
        {
            findings.Error(node!.Mark,
                $"{country} is outside the policy's area ({string.Join(", ", area.Order(StringComparer.Ordinal))}) and no safeguard is named",
                $"write 'safeguard: …' with {safeguard}");
        }

        return country;
    }
}
