using System.Text.RegularExpressions;
using Gateway.Configuration;

namespace Gateway.Tests.Running;

/// <summary>The contracts of a prepared gateway, to be broken.</summary>
internal static partial class ContractFiles
{
    /// <summary>Changes a file, as an editor does: whole.</summary>
    public static void Edit(GatewaySettings settings, string file, Func<string, string> change)
    {
        var path = Path.Combine(settings.Contracts.FullName, file);
        var text = File.ReadAllText(path);
        var changed = change(text);
        changed.ShouldNotBe(text, StringComparer.Ordinal);
        File.WriteAllText(path + ".new", changed);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Lets every partner call as often as it can.</summary>
    public static void LiftRates(GatewaySettings settings)
    {
        foreach (var file in settings.Contracts.GetFiles("*.yaml"))
        {
            File.WriteAllText(file.FullName, CallsPerSecond().Replace(File.ReadAllText(file.FullName), "calls_per_second: 100000"));
        }
    }

    [GeneratedRegex(@"calls_per_second: \d+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CallsPerSecond();
}
