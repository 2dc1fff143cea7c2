using System.Runtime.CompilerServices;

namespace Gateway.Tests.ConventionTests;

/// <summary>The repository's files, as they are checked out.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));

    /// <summary>Files below a folder of the repository; what a build makes is not looked at.</summary>
    public static IEnumerable<(string Path, string Text)> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f))
            .Where(f => !f.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin" or "node_modules"))
            .Select(f => (f, File.ReadAllText(Path.Combine(Root, f))));

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
