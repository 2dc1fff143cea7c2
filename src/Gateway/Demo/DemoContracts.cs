using System.Reflection;

namespace Gateway.Demo;

/// <summary>The demo's policy, contracts and staff: files to begin with, and to change while the demo runs.</summary>
internal static class DemoContracts
{
    private const string Prefix = "Demo/Contracts/";

    /// <summary>Writes them where there is no policy yet; what somebody has changed stays.</summary>
    public static void Ensure(DirectoryInfo folder)
    {
        folder.Create();
        if (File.Exists(Path.Combine(folder.FullName, "policy.yaml")))
        {
            return;
        }

        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var resource = assembly.GetManifestResourceStream(name)!;
            using var file = File.Create(Path.Combine(folder.FullName, name[Prefix.Length..]));
            resource.CopyTo(file);
        }
    }
}
