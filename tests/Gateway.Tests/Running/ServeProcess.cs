using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Commands;
using Gateway.Configuration;
using Grpc.Net.Client;

namespace Gateway.Tests.Running;

/// <summary>The real executable, <c>gateway serve</c>, in a process of its own; set up through its variables alone.</summary>
internal sealed partial class ServeProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly List<int> _ports = [];
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServeProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.OutputDataReceived += (_, _) => { };
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Port of the partner listener.</summary>
    public int Partners => _ports[0];

    /// <summary>Port of the staff listener.</summary>
    public int Staff => _ports[1];

    /// <summary>Port of the local listener.</summary>
    public int Local => _ports[2];

    /// <summary>The variables that serve what was prepared.</summary>
    public static Dictionary<string, string?> Variables(GatewaySettings settings) => new(StringComparer.Ordinal)
    {
        ["Gateway__Data"] = settings.Data.Root,
        ["Gateway__Contracts"] = settings.Contracts.FullName,
        ["Gateway__Certificates"] = settings.Certificates.FullName,
        ["Gateway__Source__Provider"] = "sqlite",
        ["Gateway__Source__ConnectionString"] = settings.Source,
        ["Gateway__Usage__Provider"] = "sqlite",
        ["Gateway__Usage__ConnectionString"] = settings.Usage,
        ["Gateway__Listeners__Partners"] = "127.0.0.1:0",
        ["Gateway__Listeners__Staff"] = "127.0.0.1:0",
        ["Gateway__Listeners__Local"] = "127.0.0.1:0",
    };

    /// <summary>Starts it. A variable of null is not set.</summary>
    public static ServeProcess Start(IReadOnlyDictionary<string, string?> variables)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "serve", "--config", "/nonexistent/appsettings.json"])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("Gateway__", StringComparison.Ordinal) || k.StartsWith("OTEL_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in variables.Where(v => v.Value is not null))
        {
            start.Environment[name] = value;
        }

        return new ServeProcess(start);
    }

    /// <summary>Starts what must not come up; gives how it ended.</summary>
    public static async Task<(int ExitCode, string Errors)> RefusesAsync(IReadOnlyDictionary<string, string?> variables)
    {
        await using var process = Start(variables);
        return await process.EndAsync();
    }

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>Completes when it accepts connections.</summary>
    public async Task ListeningAsync()
    {
        var ended = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(_listening.Task, ended).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        _listening.Task.IsCompleted.ShouldBeTrue($"the gateway did not come up: {Errors}");
    }

    /// <summary>How it ended, and what it wrote to stderr with its white space evened out.</summary>
    public async Task<(int ExitCode, string Errors)> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        return (_process.ExitCode, Errors);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public GrpcChannel As(GatewaySettings settings, string partner) =>
        MutualTlsChannel.Open(settings.Certificates, partner, string.Create(CultureInfo.InvariantCulture, $"localhost:{Partners}"));

    /// <summary>A channel as a member of staff.</summary>
    public GrpcChannel AsStaff(GatewaySettings settings, string person) =>
        MutualTlsChannel.Open(settings.Certificates, person, string.Create(CultureInfo.InvariantCulture, $"localhost:{Staff}"));

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private string Errors
    {
        get
        {
            lock (_errors)
            {
                return WhiteSpace().Replace(_errors.ToString(), " ");
            }
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_errors)
        {
            _errors.AppendLine(line);
            if (Serving().Match(line) is { Success: true } match)
            {
                _ports.AddRange(match.Groups["port"].Captures.Select(c => int.Parse(c.ValueSpan, CultureInfo.InvariantCulture)));
                _listening.TrySetResult();
            }
        }
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhiteSpace();

    [GeneratedRegex(@"Serving partners on port (?<port>\d+), staff on (?<port>\d+), health and metrics on (?<port>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Serving();
}
