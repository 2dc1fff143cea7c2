using System.Diagnostics;
using System.Globalization;

namespace Gateway.Stores.Tests;

/// <summary>The command line of strace(1), which fails, kills or writes down a process's system calls. A test without it is skipped and says so, but never in CI.</summary>
internal static class Strace
{
    private static readonly Lazy<bool> s_works = new(Works);

    /// <summary>What to put before a command. It stays the child of whoever starts it.</summary>
    /// <param name="log">Where to write what was traced.</param>
    /// <param name="options">Which calls, and what to do to them.</param>
    public static IReadOnlyList<string> Command(string log, params ReadOnlySpan<string> options)
    {
        Require();
        return ["strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", log, .. options];
    }

    /// <summary>Traces a thread, or with <c>-f</c> all of a process, from when this returns until it ends.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="log">Where to write what was traced.</param>
    /// <param name="options">Which calls, and what to do to them.</param>
    public static async Task<Process> AttachAsync(int process, string log, params string[] options)
    {
        Require();
        var strace = Process.Start(new ProcessStartInfo("strace", ["-o", log, "-p", process.ToString(CultureInfo.InvariantCulture), .. options])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        while (await strace.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(" attached", StringComparison.Ordinal))
            {
                // It goes on to tell of each thread.
                _ = strace.StandardError.ReadToEndAsync(CancellationToken.None);
                return strace;
            }
        }

        throw new InvalidOperationException("strace did not attach");
    }

    private static void Require()
    {
        if (!s_works.Value)
        {
            (Environment.GetEnvironmentVariable("CI") == "true").ShouldBeFalse("the build has strace and the right to trace; a skipped test would hide a broken safeguard");
            Assert.Skip("needs strace(1) and the right to trace");
        }
    }

    private static bool Works()
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", ["-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "true"])
            {
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
