using System.Diagnostics;
using System.Globalization;

namespace Gateway.Stores.Tests.Faults;

/// <summary>A <see cref="FaultChild"/> as its parent sees it.</summary>
internal sealed class ChildProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _journal;

    private ChildProcess(Process process, string journal)
    {
        _process = process;
        _journal = journal;
    }

    /// <summary>Starts one, under strace where that is named.</summary>
    public static ChildProcess Start(IReadOnlyList<string> strace, params string[] arguments)
    {
        var self = Path.ChangeExtension(typeof(ChildProcess).Assembly.Location, extension: null);
        IReadOnlyList<string> command = [.. strace, self, "child-fault", .. arguments];
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        // It lives for a moment: what makes a long life faster only delays it.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_TieredCompilation"] = "1";
        return new ChildProcess(Process.Start(start)!, arguments[1]);
    }

    /// <summary>Numbers of the leaves that were acknowledged; a last line that was torn is not counted.</summary>
    public IReadOnlyCollection<int> Promised => !File.Exists(_journal) ? [] :
        [.. File.ReadAllText(_journal).Split('\n')[..^1].Select(l => int.Parse(l, CultureInfo.InvariantCulture))];

    /// <summary>Waits until it has stopped; gives the id of its thread of that name.</summary>
    public async Task<int> StoppedAsync(string thread)
    {
        (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken)).ShouldBe("ready", await TroubleAsync());
        // A thread that it has begun bears its name until it takes its own.
        return Directory.GetDirectories($"/proc/{_process.Id}/task").Where(t => NameOf(t) == thread)
            .Min(t => int.Parse(Path.GetFileName(t), CultureInfo.InvariantCulture));
    }

    // Null where the thread has ended meanwhile.
    private static string? NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Lets it go on to its end, however that comes.</summary>
    public async Task EndAsync()
    {
        try
        {
            await _process.StandardInput.WriteAsync("\n");
            await _process.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            // It has ended already.
        }

        _ = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(120), TestContext.Current.CancellationToken);
    }

    /// <summary>As <see cref="EndAsync"/>, where nothing may go wrong.</summary>
    public async Task SucceedAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync(CancellationToken.None);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(300), TestContext.Current.CancellationToken);
        _process.ExitCode.ShouldBe(0, await errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task<string?> TroubleAsync() => _process.HasExited ? await _process.StandardError.ReadToEndAsync(CancellationToken.None) : null;
}
