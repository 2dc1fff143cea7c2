using Gateway.Commands;
using Gateway.Core.Annotations;
using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Listeners;
using Gateway.Stores;
using Gateway.Stores.Sqlite.Keys;
using Gateway.Stores.Sqlite.Log;

namespace Gateway.Hosting;

/// <summary>Starts a host and keeps it up. Translates what can go wrong at start into what the operator can do.</summary>
internal static partial class GatewayRun
{
    /// <summary>How long calls get to end once nothing can be recorded any more.</summary>
    private static readonly TimeSpan s_lastWords = TimeSpan.FromMilliseconds(500);

    /// <summary>Starts; nothing is answered before everything is ready.</summary>
    /// <exception cref="CommandFailure">Something is missing or broken.</exception>
    public static async Task StartAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await StartOrStopAsync(host, cancellationToken);
            var ports = ListenerPorts.Of(host);
            Log.Serving(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(GatewayRun)), ports.Partners, ports.Staff, ports.Local);
        }
        catch (Exception e) when (e is SourceException or StoreException or CasesUnavailableException or AnnotationException or InvalidCertificatesException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the gateway did not start: {e.Message}");
        }
        catch (LogUnavailableException e)
        {
            throw new CommandFailure(ExitCode.Unexpected, $"the gateway did not start, because its start could not be recorded: {e.Message}");
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the gateway did not start: {e.Message}", "name other addresses in Gateway__Listeners__Partners, …__Staff and …__Local");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the gateway did not start: {e.Message}", "see to the rights on folders and ports that the settings name");
        }
    }

    // What began beside the listeners ends in order, before the stores go with the host: the log is signed to its end.
    private static async Task StartOrStopAsync(IHost host, CancellationToken cancellationToken)
    {
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (Exception)
        {
            await host.StopAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            throw;
        }
    }

    /// <summary>Waits for Ctrl+C or SIGTERM, then ends calls and connections in order; or for a store that is broken, then ends at once.</summary>
    /// <exception cref="CommandFailure">A store is broken.</exception>
    public static async Task<int> UntilStoppedAsync(IHost host, CancellationToken cancellationToken)
    {
        var log = host.Services.GetRequiredService<SqliteDisclosureLog>();
        var keys = host.Services.GetRequiredService<SqliteSubjectKeys>();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, log.Broken, keys.Broken);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ended.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped, or broken.
        }

        if (!log.Broken.IsCancellationRequested && !keys.Broken.IsCancellationRequested)
        {
            await host.StopAsync(CancellationToken.None);
            return ExitCode.Ok;
        }

        // Whoever waits for an answer is still refused; then streams and connections are cut, however many are open.
        using var hurry = new CancellationTokenSource(s_lastWords);
        await host.StopAsync(hurry.Token);
        throw log.Broken.IsCancellationRequested ? Broken("disclosure log", log.Trouble) : Broken("store of subject keys", keys.Trouble);
    }

    private static CommandFailure Broken(string what, string? trouble) => new(
        ExitCode.Unexpected, $"the {what} is broken: {trouble}", "see to the disk, then start again: it is recovered at start");

    private static partial class Log
    {
        [LoggerMessage(1700, LogLevel.Information, "Serving partners on port {Partners}, staff on {Staff}, health and metrics on {Local}", EventName = "Serving")]
        public static partial void Serving(ILogger logger, int partners, int staff, int local);
    }
}
