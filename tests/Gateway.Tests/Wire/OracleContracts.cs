using System.Globalization;
using YamlDotNet.Serialization;

namespace Gateway.Tests.Wire;

/// <summary>A grant as its file says, read without the product.</summary>
/// <param name="Partner">The partner's id.</param>
/// <param name="Contract">The contract's name.</param>
/// <param name="Purpose">The purpose.</param>
/// <param name="Basis">The legal basis.</param>
/// <param name="Record">Full name of the record.</param>
/// <param name="Methods">Names within the service.</param>
/// <param name="Fields">Granted paths with their transform: name and argument; null for none.</param>
/// <param name="Window">Access after closing.</param>
/// <param name="MaxOpen">Access to what never closes.</param>
/// <param name="DeleteAfter">The partner deletes within.</param>
internal sealed record OracleGrant(
    string Partner,
    string Contract,
    string Purpose,
    string Basis,
    string Record,
    IReadOnlyList<string> Methods,
    IReadOnlyDictionary<string, (string Name, string Argument)?> Fields,
    TimeSpan Window,
    TimeSpan MaxOpen,
    TimeSpan DeleteAfter);

/// <summary>The contracts of a folder, read as plain YAML: the second opinion on what a partner may get.</summary>
internal static class OracleContracts
{
    private static readonly string[] s_transforms = ["keep_last", "keep_first", "year_only", "pseudonym", "bucket"];

    public static IReadOnlyList<OracleGrant> Read(DirectoryInfo folder)
    {
        var grants = new List<OracleGrant>();
        foreach (var file in folder.EnumerateFiles("*.yaml").OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            var root = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(file.FullName));
            if (root.ContainsKey("contract"))
            {
                var partner = (string)((Dictionary<object, object>)root["partner"])["id"];
                grants.AddRange((root.TryGetValue("grants", out var all) ? (List<object>)all : []).Select(g => Grant((Dictionary<object, object>)g, partner, (string)root["contract"])));
            }
        }

        return grants;
    }

    /// <summary>The policy's lists, each with its purpose.</summary>
    public static IReadOnlyDictionary<string, string> Lists(DirectoryInfo folder)
    {
        var root = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(File.ReadAllText(Path.Combine(folder.FullName, "policy.yaml")));
        return ((List<object>)root["lists"]).Cast<Dictionary<object, object>>().ToDictionary(l => (string)l["list"], l => (string)l["purpose"], StringComparer.Ordinal);
    }

    private static OracleGrant Grant(Dictionary<object, object> grant, string partner, string contract)
    {
        var fields = new Dictionary<string, (string, string)?>(StringComparer.Ordinal);
        foreach (var entry in ((List<object>)grant["fields"]).Cast<Dictionary<object, object>>())
        {
            var transform = s_transforms.Where(entry.ContainsKey).Select(t => ((string, string)?)(t, (string)entry[t])).SingleOrDefault();
            foreach (var path in (List<object>)entry["paths"])
            {
                fields.Add((string)path, transform);
            }
        }

        return new OracleGrant(
            partner, contract, (string)grant["purpose"], (string)grant["basis"], (string)grant["record"], [.. ((List<object>)grant["methods"]).Cast<string>()], fields,
            Days(grant["window"]), Days(grant["max_open"]), Days(grant["delete_after"]));
    }

    private static TimeSpan Days(object value)
    {
        var text = (string)value;
        text.ShouldEndWith("d");
        return TimeSpan.FromDays(int.Parse(text[..^1], CultureInfo.InvariantCulture));
    }
}
