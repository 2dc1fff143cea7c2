using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;

namespace Gateway.Commands.Log;

/// <summary>
/// A running gateway's tiled log, whose witnesses cosign a checkpoint some seconds after the log signed it: waits for one that has them all.
/// Where none comes, gives the last one as it is.
/// </summary>
/// <param name="log">The gateway's.</param>
/// <param name="trust">Whose signatures count.</param>
/// <param name="clock">Measures the waiting.</param>
internal sealed class WitnessedTiledLog(ITiledLog log, LogTrust trust, TimeProvider clock) : ITiledLog
{
    /// <summary>Three rounds of a gateway that asks its witnesses every two seconds.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(6);

    /// <summary>Of a busy log a cosigned checkpoint is the last one for less than a second. Asking for it is not recorded.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public async ValueTask<byte[]?> ReadAsync(TiledResource resource, CancellationToken cancellationToken)
    {
        var bytes = await log.ReadAsync(resource, cancellationToken);
        var started = clock.GetTimestamp();
        while (resource.Kind == ResourceKind.Checkpoint && LacksOnlyWitnesses(bytes) && clock.GetElapsedTime(started) < s_patience)
        {
            await Task.Delay(s_pause, clock, cancellationToken);
            bytes = await log.ReadAsync(resource, cancellationToken);
        }

        return bytes;
    }

    private bool LacksOnlyWitnesses(byte[]? bytes) =>
        bytes is not null && SignedNote.TryParse(bytes, out var note)
        && trust.Judge(note).Checkpoint is null && (trust with { Witnesses = [] }).Judge(note).Checkpoint is not null;
}
