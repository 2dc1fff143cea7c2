using System.Diagnostics;
using Gateway.Tests.ConventionTests;

namespace Gateway.Tests.Packs;

/// <summary>A tool of an integrator's, run on a pack: Node, buf, a shell. Where Node's modules are absent the test skips, or fails in CI.</summary>
internal static class PackTool
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    /// <summary>Where Node finds what the samples import, and buf.</summary>
    public static string Modules { get; } = Path.Combine(SourceTree.Root, "tests", "Gateway.Tests", "Clients", "node_modules");

    public static string Buf => Path.Combine(Modules, ".bin", "buf");

    public static async Task<(int Code, string Output, string Notes)> RunAsync(
        string file, IReadOnlyList<string> arguments, string folder, IReadOnlyDictionary<string, string> variables)
    {
        if (!Directory.Exists(Modules))
        {
            const string What = "node_modules is not there: run `npm ci` in tests/Gateway.Tests/Clients";
            if (Environment.GetEnvironmentVariable("CI") == "true")
            {
                throw new InvalidOperationException(What);
            }

            Assert.Skip(What);
        }

        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        var stop = TestContext.Current.CancellationToken;
        using var process = Process.Start(start)!;
        var (output, notes) = (process.StandardOutput.ReadToEndAsync(stop), process.StandardError.ReadToEndAsync(stop));
        await process.WaitForExitAsync(stop).WaitAsync(s_patience, stop);
        return (process.ExitCode, await output, await notes);
    }
}
