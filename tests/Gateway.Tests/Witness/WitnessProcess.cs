using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Tests.Witness;

/// <summary>The real executable, <c>gateway witness</c>, in a process of its own.</summary>
internal sealed partial class WitnessProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false });

    private WitnessProcess(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "witness", .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts a witness on a free port; completes when it listens.</summary>
    public static async Task<WitnessProcess> StartAsync(params string[] arguments)
    {
        var witness = new WitnessProcess([.. arguments, "--listen", "127.0.0.1:0"]);
        var ended = witness._process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await Task.WhenAny(witness._listening.Task, ended).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        witness._listening.Task.IsCompletedSuccessfully.ShouldBeTrue($"the witness did not come up: {witness.Errors}");
        return witness;
    }

    /// <summary>Runs a verb to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var witness = new WitnessProcess(arguments);
        var output = await witness._process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await witness._process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(s_patience, TestContext.Current.CancellationToken);
        return (witness._process.ExitCode, output, WhiteSpace().Replace(witness.Errors, " "));
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Sends a body; null where the witness died before it answered.</summary>
    public async Task<RawAnswer?> AddAsync(string body)
    {
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            using var response = await _client.PostAsync(new Uri(Address, "/add-checkpoint"), content, TestContext.Current.CancellationToken);
            return new RawAnswer(
                (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        _client.Dispose();
    }

    private string Errors
    {
        get
        {
            lock (_errors)
            {
                return _errors.ToString();
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
            if (Listening().Match(line) is { Success: true } match)
            {
                Address = new Uri(match.Groups["address"].Value);
                _listening.TrySetResult();
            }
        }
    }

    [GeneratedRegex(@"listens on (?<address>https?://[^,]+),", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Listening();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhiteSpace();
}
