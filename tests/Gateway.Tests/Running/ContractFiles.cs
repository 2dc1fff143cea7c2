using Gateway.Configuration;

namespace Gateway.Tests.Running;

/// <summary>The contracts of a prepared gateway, to be broken.</summary>
internal static class ContractFiles
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
}
