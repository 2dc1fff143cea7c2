using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Gateway.Tests.ConventionTests;

/// <summary>Dependencies point one way, and Core knows no web server, no database and no files: read from the compiled assemblies.</summary>
public sealed class ReferenceTests
{
    // Assemblies of ASP.NET Core and of databases; and types of files and sockets that every program could reach.
    private static readonly string[] s_bannedAssemblies =
        ["Microsoft.AspNetCore", "Microsoft.Data", "Microsoft.Extensions.Hosting", "SQLitePCL", "Npgsql", "System.Data", "Grpc.AspNetCore", "Gateway.Stores"];

    private static readonly string[] s_bannedTypes =
    [
        "System.IO.File", "System.IO.FileInfo", "System.IO.FileStream", "System.IO.Directory", "System.IO.DirectoryInfo", "System.IO.FileSystemWatcher",
        "System.Data.Common.DbConnection", "System.Net.Sockets.Socket", "System.Net.Http.HttpClient", "System.Diagnostics.Process",
        "System.Console",
    ];

    [Fact]
    public void Core_ReferencesNoWebServerNoDatabaseNoFiles()
    {
        var (assemblies, types) = References("Gateway.Core");

        assemblies.Where(a => s_bannedAssemblies.Any(b => a.StartsWith(b, StringComparison.Ordinal))).ShouldBeEmpty();
        types.Intersect(s_bannedTypes, StringComparer.Ordinal).ShouldBeEmpty();
        types.Contains("System.TimeProvider", StringComparer.Ordinal).ShouldBeTrue("types are found at all");
    }

    [Theory]
    [InlineData("Gateway.Protos", "")]
    [InlineData("Gateway.Core", "Gateway.Protos")]
    [InlineData("Gateway.Stores", "Gateway.Core,Gateway.Protos")]
    [InlineData("Gateway", "Gateway.Core,Gateway.Protos,Gateway.Stores")]
    public void Dependencies_PointOneWay(string assembly, string mayReference) =>
        References(assembly).Assemblies.Where(a => a == "Gateway" || a.StartsWith("Gateway.", StringComparison.Ordinal))
            .Except(mayReference.Split(','), StringComparer.Ordinal).ShouldBeEmpty();

    private static (string[] Assemblies, string[] Types) References(string assembly)
    {
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));
        var metadata = file.GetMetadataReader();
        return (
            [.. metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name))],
            [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(t => $"{metadata.GetString(t.Namespace)}.{metadata.GetString(t.Name)}")]);
    }
}
