using System.CommandLine;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Stores.Tiles;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log verify</c>: every entry of the log against what was signed.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var source = new LogSource(offersTiles: true);
        var trust = new TrustOptions(keyRequired: false);
        var format = CommonOptions.Format();
        var since = new Option<FileInfo[]>("--since-checkpoint") { Description = "A checkpoint kept earlier: the log must go on from it. More than one may be named." };
        var mirror = new Option<DirectoryInfo>("--mirror") { Description = "Another copy, such as the second place: the log must go on from it, and it tells where a rewritten log first differs." };
        var command = new Command(
            "verify", "Check the whole log: integrity, completeness, and that it goes on from what was kept. Example: gateway log verify --key log.vkey --since-checkpoint last-month.checkpoint")
        {
            since, mirror, format,
        };
        source.AddTo(command);
        trust.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var opened = await source.OpenAsync(parsed, "verify", cancellationToken);
            var trusted = trust.Read(parsed, opened.OwnKeys);
            var earlier = new List<(string Where, byte[]? Note)>();
            foreach (var file in parsed.GetValue(since) ?? [])
            {
                earlier.Add((file.FullName, file.Exists ? await File.ReadAllBytesAsync(file.FullName, cancellationToken) : throw new CommandFailure(
                    ExitCode.Usage, $"--since-checkpoint: there is no file {file.FullName}.")));
            }

            var reference = parsed.GetValue(mirror) is { } folder ? new FolderTiledLog(folder.FullName) : null;
            if (reference is not null)
            {
                earlier.Add((reference.Folder, await reference.ReadAsync(TiledResource.Checkpoint, cancellationToken)));
            }

            if (opened.Kept is { } kept)
            {
                earlier.Add(("the checkpoint kept beside the log", kept.ToBytes()));
            }

            var report = await new LogVerification(opened.As(trusted), trusted)
            {
                Since = [.. earlier.Select(e => Earlier(e.Where, e.Note, trusted))],
                Reference = reference,
                Head = opened.Head,
            }.VerifyAsync(cancellationToken);
            ReportPrinter.Print(parsed.GetValue(format), report);
            return report.IsWhole ? ExitCode.Ok : ExitCode.CheckFailed;
        });
        return command;
    }

    // An earlier checkpoint that the log's key did not sign proves nothing against the log.
    private static Checkpoint Earlier(string where, byte[]? bytes, LogTrust trust)
    {
        if (bytes is null || !SignedNote.TryParse(bytes, out var note))
        {
            throw new CommandFailure(ExitCode.Usage, $"{where} holds no signed checkpoint.");
        }

        var judged = (trust with { Witnesses = [] }).Judge(note);
        return judged.Checkpoint ?? throw new CommandFailure(ExitCode.CheckFailed, $"{where}: {judged.Fault}");
    }
}
