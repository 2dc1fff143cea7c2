using System.Diagnostics;
using Gateway.Core.Exchange;

namespace Gateway.Tests.ConventionTests;

public sealed class SourceTreeTests
{
    private const int MostLines = 300;

    [Fact]
    public void Files_OfCode_AreAtMost300LinesLong() =>
        SourceTree.Files("src", "*.cs").Concat(SourceTree.Files("tests", "*.cs"))
            .Select(f => (f.Path, Lines: f.Text.Count(c => c == '\n')))
            .Where(f => f.Lines > MostLines)
            .ShouldBeEmpty();

    [Fact]
    public void Folders_AtTheTopAndProjects_HaveAReadme()
    {
        var folders = SourceTree.Files(".", "*.csproj").Where(f => f.Path.Contains("src", StringComparison.Ordinal)).Select(f => Path.GetDirectoryName(f.Path)!)
            .Concat(["certs-dev", "protos", "src", "tests"]);

        folders.Where(f => !File.Exists(Path.Combine(SourceTree.Root, f, "README.md"))).ShouldBeEmpty();
    }

    [Fact]
    public void RequireHost_IsNowhere() =>
        SourceTree.Files("src", "*.cs").Where(f => f.Text.Contains("RequireHost", StringComparison.Ordinal)).Select(f => f.Path).ShouldBeEmpty();

    // Else the demo's certificates and data land in src/Gateway, where nobody looks and nothing ignores them.
    [Fact]
    public async Task DotnetRun_StartsInTheCallersFolder()
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", Path.Combine(SourceTree.Root, "src", "Gateway", "Gateway.csproj"), "-getProperty:RunWorkingDirectory"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var msbuild = Process.Start(start)!;
        var folder = await msbuild.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await msbuild.WaitForExitAsync(TestContext.Current.CancellationToken);

        msbuild.ExitCode.ShouldBe(0);
        folder.Trim().ShouldBeEmpty();
    }

    // The interceptor sees messages only: a service that wrote to the response itself would pass it by.
    [Fact]
    public void PartnerServices_KnowNothingOfHttp() =>
        SourceTree.Files(Path.Combine("src", "Gateway", "Services"), "*.cs")
            .Where(f => f.Text.Contains("using Gateway.Calls;", StringComparison.Ordinal) && f.Text.Contains("ServiceBase", StringComparison.Ordinal))
            .ShouldAllBe(f => !f.Text.Contains("Http", StringComparison.Ordinal));

    [Fact]
    public void Protos_ImportOnlyEachOtherAndWellKnownTypes()
    {
        var own = SourceTree.Files("protos", "*.proto").Select(f => Path.GetRelativePath("protos", f.Path).Replace('\\', '/')).ToHashSet(StringComparer.Ordinal);

        own.Count.ShouldBeGreaterThan(8);
        SourceTree.Files("protos", "*.proto")
            .SelectMany(f => Imports(f.Text).Select(i => (f.Path, Import: i)))
            .Where(i => !own.Contains(i.Import) && !i.Import.StartsWith("google/protobuf/", StringComparison.Ordinal))
            .ShouldBeEmpty();
    }

    [Fact]
    public void Refusals_EachReason_IsExpectedByATestOverTheWire()
    {
        var tests = SourceTree.Files(Path.Combine("tests", "Gateway.Tests"), "*.cs").Select(f => f.Text).ToArray();

        Enum.GetValues<RefusalReason>()
            .Where(r => !tests.Any(t => t.Contains($"\"{Refusals.Of(r).Name}\"", StringComparison.Ordinal) || t.Contains($"RefusalReason.{r})", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    private static IEnumerable<string> Imports(string proto) =>
        proto.Split('\n').Where(l => l.StartsWith("import ", StringComparison.Ordinal)).Select(l => l.Split('"')[1]);
}
