using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;

namespace Gateway.Stores.Tests.Tiles;

/// <summary>The verifier that shares no code with the gateway: <c>tests/verifier/verify_log.py</c>.</summary>
internal static class PythonVerifier
{
    private static readonly string s_script = Path.GetFullPath(Path.Combine(Here(), "..", "..", "verifier", "verify_log.py"));

    /// <summary>At home the test is skipped without python3 and openssl; under CI it fails.</summary>
    public static void SkipWhereAbsent() => Assert.SkipUnless(
        Environment.GetEnvironmentVariable("CI") == "true" || (IsInstalled("python3") && IsInstalled("openssl")), "python3 and openssl are not both installed");

    /// <summary>Exit code 0 is true; what it printed.</summary>
    public static async Task<(bool Holds, string Printed)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("python3", [s_script, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["PYTHONUTF8"] = "1";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode == 0, (await output + await errors).Trim());
    }

    private static bool IsInstalled(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static string Here([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
