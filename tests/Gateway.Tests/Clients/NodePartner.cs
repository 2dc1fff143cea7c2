using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Gateway.Tests.Running;

namespace Gateway.Tests.Clients;

/// <summary>One line that the client printed: a response message, or the end of a call.</summary>
internal sealed record NodeLine(JsonNode Json)
{
    public JsonNode? Message => Json["message"];

    public int? Status => (int?)Json["status"];

    public string? Reason => (string?)Json["reason"];

    public string? Domain => (string?)Json["domain"];

    public string? Field => (string?)Json["field"];

    public string? ReceiptTrailer => (string?)Json["trailers"]?["gateway-receipt"];
}

/// <summary>One call in progress: its lines as they come.</summary>
internal sealed class NodeCall(ChannelReader<NodeLine> lines, Action cancel)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    /// <summary>The next line; fails when the client says nothing for a minute.</summary>
    public async Task<NodeLine> NextAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(s_patience);
        return await lines.ReadAsync(patience.Token);
    }

    /// <summary>All that is left, to the end.</summary>
    public async Task<(IReadOnlyList<JsonNode> Messages, NodeLine End)> FinishAsync()
    {
        var messages = new List<JsonNode>();
        while (true)
        {
            var line = await NextAsync();
            if (line.Message is not { } message)
            {
                return (messages, line);
            }

            messages.Add(message);
        }
    }

    public void Cancel() => cancel();
}

/// <summary>The Node client of this folder as a process: every demo partner, over real mutual TLS, with no code of ours in between.</summary>
internal sealed class NodePartner : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentDictionary<string, Channel<NodeLine>> _calls = new(StringComparer.Ordinal);
    private readonly Task _reading;
    private readonly Lock _writing = new();
    private int _last;

    private NodePartner(Process process)
    {
        _process = process;
        _reading = ReadAsync();
    }

    /// <summary>Starts it, or skips the test where Node or its modules are absent; where CI=true their absence fails.</summary>
    public static NodePartner Start(RunningGateway gateway)
    {
        var root = Repository();
        var folder = Path.Combine(root, "tests", "Gateway.Tests", "Clients");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
        {
            throw Absent("node_modules is not there: run `npm ci` in tests/Gateway.Tests/Clients");
        }

        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            ArgumentList = { "partner.mjs", $"localhost:{gateway.Partners}", gateway.Settings.Certificates.FullName, Path.Combine(root, "protos") },
        };
        try
        {
            return new NodePartner(Process.Start(start)!);
        }
        catch (Win32Exception)
        {
            throw Absent("node is not there: install Node 20 or later");
        }
    }

    /// <param name="partner">Whose certificate.</param>
    /// <param name="method"><c>package.Service/Method</c>.</param>
    /// <param name="request">The request's fields.</param>
    /// <param name="purpose">The metadata; null for none.</param>
    /// <param name="masks">The metadata, once for each.</param>
    /// <param name="pages">True to follow page tokens to the end.</param>
    public NodeCall Call(string partner, string method, object? request = null, string? purpose = null, string[]? masks = null, bool pages = false)
    {
        var id = Interlocked.Increment(ref _last).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var lines = _calls[id] = Channel.CreateUnbounded<NodeLine>();
        var metadata = new Dictionary<string, object>(StringComparer.Ordinal);
        if (purpose is not null)
        {
            metadata["gateway-purpose"] = purpose;
        }

        if (masks is not null)
        {
            metadata["gateway-read-mask"] = masks;
        }

        Write(new { id, partner, method, request, metadata, pages });
        return new NodeCall(lines.Reader, () => Write(new { id, cancel = true }));
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _process.Dispose();
    }

    private void Write(object asked)
    {
        lock (_writing)
        {
            _process.StandardInput.WriteLine(JsonSerializer.Serialize(asked));
            _process.StandardInput.Flush();
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var json = JsonNode.Parse(line)!;
            _calls[(string)json["id"]!].Writer.TryWrite(new NodeLine(json));
        }

        // Whoever still waits learns that the process is gone.
        foreach (var call in _calls.Values)
        {
            call.Writer.TryComplete();
        }
    }

    private static Exception Absent(string what)
    {
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            return new InvalidOperationException(what);
        }

        Assert.Skip(what);
        return new UnreachableException();
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Gateway.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Gateway.sln is in no folder above the tests");
        }

        return folder.FullName;
    }
}
