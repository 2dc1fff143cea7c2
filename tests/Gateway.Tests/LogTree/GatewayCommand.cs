using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Gateway.Tests.LogTree;

/// <summary>The real executable with a command's arguments, to its end.</summary>
internal static partial class GatewayCommand
{
    /// <summary>Runs it; gives its exit code, its data, and its notes with their white space evened out.</summary>
    public static Task<(int ExitCode, string Data, string Notes)> RunAsync(params string[] arguments) => RunAsync(("", ""), arguments);

    /// <summary>As the other, with a variable of its environment.</summary>
    public static async Task<(int ExitCode, string Data, string Notes)> RunAsync((string Name, string Value) variable, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        if (variable.Name.Length > 0)
        {
            start.Environment[variable.Name] = variable.Value;
        }

        using var process = Process.Start(start)!;
        var data = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var notes = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        return (process.ExitCode, await data, WhiteSpace().Replace(await notes, " "));
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhiteSpace();
}
