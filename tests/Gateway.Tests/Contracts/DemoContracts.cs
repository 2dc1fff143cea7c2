using Gateway.Calls;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;

namespace Gateway.Tests.Contracts;

/// <summary>The demo's files as the executable carries them.</summary>
internal static class DemoContracts
{
    private const string Prefix = "Demo/Contracts/";

    public static Catalogue Catalogue => PartnerServices.Catalogue;

    public static IReadOnlyList<ContractFile> Files { get; } = Read();

    public static string Text(string name) => System.Text.Encoding.UTF8.GetString(Files.Single(f => f.Name == name).Bytes.Span);

    /// <summary>Writes them into a folder.</summary>
    public static void WriteTo(string folder)
    {
        foreach (var file in Files)
        {
            File.WriteAllBytes(Path.Combine(folder, file.Name), file.Bytes.ToArray());
        }
    }

    private static List<ContractFile> Read()
    {
        var assembly = typeof(Gateway.Contracts.ContractFolder).Assembly;
        return [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n =>
        {
            using var stream = assembly.GetManifestResourceStream(n)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return new ContractFile(n[Prefix.Length..], bytes);
        })];
    }
}
