using System.Net;
using Gateway.Core.Log.Tree;

namespace Gateway.Commands.Log;

/// <summary>A gateway's tiled log through its staff listener. Entries that are read so are recorded there.</summary>
/// <param name="client">As a member of staff, from <see cref="StaffOptions.OpenHttp"/>.</param>
internal sealed class StaffTiledLog(HttpClient client) : ITiledLog
{
    /// <exception cref="CommandFailure">The listener does not answer, or does not let this person read.</exception>
    public async ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken) =>
        await ReadAsync(resource.Path, cancellationToken);

    /// <summary>The log's public keys, one a line.</summary>
    /// <exception cref="CommandFailure">The listener does not answer.</exception>
    public async ValueTask<string[]> ReadKeysAsync(CancellationToken cancellationToken) =>
        System.Text.Encoding.UTF8.GetString(await ReadAsync("log.vkey", cancellationToken) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => await response.Content.ReadAsByteArrayAsync(cancellationToken),
                HttpStatusCode.NotFound => null,
                HttpStatusCode.Forbidden => throw new CommandFailure(
                    ExitCode.Refused, "Reading the log is for staff with the role security or privacy.", "name another certificate with --as"),
                HttpStatusCode.Unauthorized => throw new CommandFailure(
                    ExitCode.CannotConnect, "The gateway does not accept this staff certificate.", "name another with --as"),
                HttpStatusCode.ServiceUnavailable => throw new CommandFailure(
                    ExitCode.CannotConnect, "The gateway cannot record this reading now, so it does not answer it.", "try again, or see its health"),
                _ => throw new CommandFailure(ExitCode.CannotConnect, $"The staff listener answered {(int)response.StatusCode} for {path}."),
            };
        }
        catch (HttpRequestException e)
        {
            throw new CommandFailure(
                ExitCode.CannotConnect, $"The staff listener did not answer: {e.Message}", "is the gateway running, and --gateway its staff address?");
        }
    }
}
