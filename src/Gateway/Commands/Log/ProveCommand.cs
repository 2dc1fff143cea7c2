using System.CommandLine;
using System.Globalization;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Verification;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log prove</c>: a receipt's entry with the proof that it is in the log, as one file.</summary>
internal static class ProveCommand
{
    /// <summary>How long an entry that no checkpoint covers yet is waited for: a checkpoint a second is the rule.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var source = new LogSource(offersTiles: true);
        var trust = new TrustOptions(keyRequired: false);
        var format = CommonOptions.Format();
        var receipt = new Argument<string>("receipt") { Description = "The receipt's id, as an answer or the log has it." };
        var file = new Option<FileInfo>("--out") { Description = "File to write. Default: RECEIPT.tlog-proof." };
        var command = new Command(
            "prove", "Write the proof that an entry is in the log; it can be checked without gateway and log. Example: gateway log prove 01980000-0000-7000-8000-000000000000")
        {
            receipt, file, format,
        };
        source.AddTo(command);
        trust.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(receipt);
            using var opened = await source.OpenAsync(parsed, $"prove {id}", cancellationToken);
            var (proof, checkpoint) = await ProveAsync(opened, id, trust.Read(parsed, opened.OwnKeys), TimeProvider.System, cancellationToken);
            var path = parsed.GetValue(file)?.FullName ?? Path.GetFullPath($"{id}.tlog-proof");
            await File.WriteAllBytesAsync(path, proof.ToBytes(), cancellationToken);
            Output.Rows(
                parsed.GetValue(format), [new Proven(path, checkpoint.Origin, proof.Index, checkpoint.Head.Size)], ["file", "origin", "index", "of entries"],
                p => [p.File, p.Origin, p.Index.ToString(CultureInfo.InvariantCulture), p.Size.ToString(CultureInfo.InvariantCulture)]);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="CommandFailure">There is no such entry, or no proof of it.</exception>
    internal static async Task<(LogProof Proof, Checkpoint Checkpoint)> ProveAsync(
        OpenedLog opened, string receipt, LogTrust trust, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var (note, checkpoint) = await opened.CheckpointAsync(trust, cancellationToken);
        var index = await opened.FindAsync(receipt, checkpoint.Head.Size, cancellationToken);
        while (index >= checkpoint.Head.Size)
        {
            if (!opened.IsLive || clock.GetElapsedTime(started) > s_patience)
            {
                throw new CommandFailure(
                    ExitCode.CheckFailed, $"Entry {index} is recorded, and the last checkpoint covers {checkpoint.Head.Size} entries: it is not signed yet.",
                    "try again; if this stays, see the gateway's /readyz");
            }

            await Task.Delay(s_pause, clock, cancellationToken);
            (note, checkpoint) = await opened.CheckpointAsync(trust, cancellationToken);
        }

        return (await opened.ProveAsync(index, note, checkpoint, cancellationToken), checkpoint);
    }

    private sealed record Proven(string File, string Origin, long Index, long Size);
}
