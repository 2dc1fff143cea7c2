using System.CommandLine;
using Gateway.Core.Log.Notes;
using Gateway.Stores.Tiles;

namespace Gateway.Commands.Log;

/// <summary>
/// Which log a command works on: that of a running gateway, through its staff listener; a folder of tiles, an export or a second place;
/// or, break-glass, the files of a gateway that is down.
/// </summary>
internal sealed class LogSource(bool offersTiles)
{
    private readonly StaffOptions _staff = new();
    private readonly Option<DirectoryInfo> _tiles = new("--tiles") { Description = "Read a folder of tiles, an export or a second place: no gateway is asked." };
    private readonly Option<DirectoryInfo> _data = BreakGlass.Data();
    private readonly Option<string> _reason = BreakGlass.Reason();

    public void AddTo(Command command)
    {
        if (offersTiles)
        {
            command.Options.Add(_tiles);
        }

        command.Options.Add(_data);
        command.Options.Add(_reason);
        _staff.AddTo(command);
    }

    /// <param name="parsed">The command line.</param>
    /// <param name="act">What is done, as a break-glass reading is recorded.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CommandFailure">It cannot be read, or the options do not go together.</exception>
    public async Task<OpenedLog> OpenAsync(ParseResult parsed, string act, CancellationToken cancellationToken)
    {
        var tiles = offersTiles ? parsed.GetValue(_tiles) : null;
        var breakGlass = BreakGlass.From(parsed.GetValue(_data), parsed.GetValue(_reason));
        if (tiles is not null && breakGlass is not null)
        {
            throw new CommandFailure(ExitCode.Usage, "--tiles and --data name two logs.", "leave one out");
        }

        if (tiles is not null)
        {
            return tiles.Exists ? new OpenedLog(new FolderTiledLog(tiles.FullName)) : throw new CommandFailure(
                ExitCode.InvalidConfiguration, $"There is no folder {tiles.FullName}.");
        }

        return breakGlass is not null ? await breakGlass.OpenTiledAsync(act, cancellationToken) : await OpenAsync(_staff, parsed, cancellationToken);
    }

    /// <summary>The log of a running gateway.</summary>
    /// <exception cref="CommandFailure">It cannot be reached, or does not let this person read.</exception>
    public static async Task<OpenedLog> OpenAsync(StaffOptions staff, ParseResult parsed, CancellationToken cancellationToken)
    {
        var http = staff.OpenHttp(parsed);
        var channel = staff.Open(parsed);
        var log = new StaffTiledLog(http);
        return new OpenedLog(log, http, channel)
        {
            OwnKeys = [.. (await log.ReadKeysAsync(cancellationToken)).Select(k => NoteVerifier.TryParse(k, out var key) ? key : null).OfType<NoteVerifier>()],
            Lookup = async (receipt, cancellation) => (await new RemoteLog(channel).GetAsync(receipt, cancellation)).Index,
            IsLive = true,
        };
    }
}
