using System.CommandLine;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Stores.Notes;
using Gateway.Stores.Sqlite.Log.Tree;
using Gateway.Stores.Tiles;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log recover</c>: a log that is shorter than what was signed goes on, and tells so for ever.</summary>
internal static class RecoverCommand
{
    public static Command Create()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder of a gateway that is down.", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why; kept in the log.", Required = true };
        var from = new Option<DirectoryInfo>("--from") { Description = "A second place or an export: its entries are verified and put back." };
        var mirror = new Option<DirectoryInfo>("--mirror")
        {
            Description = "The folder that Gateway__Log__Mirror names, where it is not the one of --from: the log goes on behind what was signed there too.",
        };
        var declare = new Option<bool>("--declare-loss") { Description = "Name what stays missing as lost, for ever, and go on behind it." };
        var command = new Command("recover", """
            Makes a log go on that lost entries which were signed: the disk failed, or an older copy was put back. With --from, entries are
            taken from a second place, each verified against a checkpoint that this log signed. With --declare-loss, the rest is named as a gap.
            Every earlier proof still holds; the gateway must be down.

            Example: gateway log recover --data /var/lib/gateway --from /mnt/mirror --reason 'disk failed on 3 March'
            Example: gateway log recover --data /var/lib/gateway --declare-loss --reason 'disk failed, no copy is left'
            """)
        {
            data, reason, from, mirror, declare,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetRequiredValue(data), parsed.GetRequiredValue(reason), parsed.GetValue(from), parsed.GetValue(mirror), parsed.GetValue(declare), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        DirectoryInfo data, string reason, DirectoryInfo? from, DirectoryInfo? mirror, bool declare, CancellationToken cancellationToken)
    {
        if (from is null && !declare)
        {
            throw new CommandFailure(ExitCode.Usage, "Name a second place with --from DIR, or declare what is missing lost with --declare-loss, or both.");
        }

        if (new[] { from, mirror }.FirstOrDefault(f => f is { Exists: false }) is { } absent)
        {
            throw new CommandFailure(ExitCode.Usage, $"{absent.FullName} does not exist", "name the folder that holds the file checkpoint and the folder tile");
        }

        var copied = mirror is null ? null : Path.Combine(mirror.FullName, TiledResource.Checkpoint.Path);
        if (copied is not null && !File.Exists(copied))
        {
            throw new CommandFailure(ExitCode.Usage, $"{copied} does not exist", "is the second place's volume mounted? Leave --mirror out only where nothing was ever copied there");
        }

        var done = await OfflineLog.WithAsync(data, reason, async log =>
        {
            IEnumerable<CheckpointFile> held = copied is null ? log.Cosigned : log.Cosigned.Append(new CheckpointFile(copied));
            using var recovery = LogRecovery.Open(log.Folder.Log, log.Tree, log.Checkpoint, log.Identity, [.. held]);
            return await recovery.RunAsync(from is null ? null : new FolderTiledLog(from.FullName), declare, log.Entry, cancellationToken);
        });
        if (done.Restored > 0)
        {
            Output.Note($"Put back {done.Restored} entries, each verified; recorded as log.recover.");
        }

        if (done.Lost is { } lost)
        {
            Output.Note($"Declared lost: entries {LogGap.Target(lost)}; recorded as {LogGap.DeclareLoss}. Their hashes stay, so every proof still holds.");
        }

        Output.Note(done.Lost is null
            ? "The gateway can be started."
            : "The gateway can be started. It signs the declaration then; until it has, `gateway log verify` calls the gap undeclared.");
        return ExitCode.Ok;
    }
}
