using System.CommandLine;
using System.Text.Json;
using Gateway.Telemetry;

namespace Gateway.Commands.Health;

/// <summary><c>gateway health</c>: asks a running gateway's local listener how it is.</summary>
internal static class HealthCommand
{
    private static readonly string[] s_probes = ["healthz", "readyz"];

    public static Command Create()
    {
        var gateway = new Option<string>("--gateway")
        {
            Description = "Address of the local listener, host:port. Default: Gateway__Listeners__Local, else 127.0.0.1:9464.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("Gateway__Listeners__Local") ?? "127.0.0.1:9464",
        };
        var format = CommonOptions.Format();
        var command = new Command(
            "health", "Ask a running gateway whether it lives and can serve. Exit code 4: a check failed; 6: nobody answers. Example: gateway health -o json")
        {
            gateway, format,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var lines = new List<HealthLine>();
            using var client = Client(parsed.GetRequiredValue(gateway));
            foreach (var probe in s_probes)
            {
                lines.AddRange(await AskAsync(client, probe, cancellationToken));
            }

            Output.Rows(
                parsed.GetValue(format), lines, ["probe", "check", "status", "detail"], l => [l.Probe, l.Check, l.Status, l.Detail ?? ""]);
            // Degraded serves on: a supervisor that restarts on failure must leave it alone.
            return lines.Any(l => l.Status == "Unhealthy") ? ExitCode.CheckFailed : ExitCode.Ok;
        });
        return command;
    }

    private static async Task<IEnumerable<HealthLine>> AskAsync(HttpClient client, string probe, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(probe, UriKind.Relative), cancellationToken);
            var answer = await response.Content.ReadFromJsonAsync<HealthResponse>(JsonSerializerOptions.Web, cancellationToken);
            return answer is { Status: not null, Checks: not null }
                ? [new(probe, "*", answer.Status, Detail: null), .. answer.Checks.Select(c => new HealthLine(probe, c.Name, c.Status, c.Detail))]
                : throw NotAGateway(client);
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new CommandFailure(
                ExitCode.CannotConnect, $"no gateway answers at {client.BaseAddress}",
                "start one with `gateway demo` or `gateway serve`, or name its local listener with --gateway HOST:PORT");
        }
        catch (JsonException)
        {
            throw NotAGateway(client);
        }
    }

    private static HttpClient Client(string address) =>
        Uri.TryCreate($"http://{address}/", UriKind.Absolute, out var uri)
            ? new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = uri, Timeout = TimeSpan.FromSeconds(10) }
            : throw new CommandFailure(ExitCode.Usage, $"'{address}' is no address", "write it as 127.0.0.1:9464");

    private static CommandFailure NotAGateway(HttpClient client) => new(
        ExitCode.CannotConnect, $"what answers at {client.BaseAddress} is no gateway's local listener", "name it with --gateway HOST:PORT");

    /// <summary>One line of the answer; the check <c>*</c> is the probe as a whole.</summary>
    private sealed record HealthLine(string Probe, string Check, string Status, string? Detail);
}
