using System.CommandLine;
using System.Globalization;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log export</c>: the log as files that any C2SP tool reads.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var source = new LogSource(offersTiles: false);
        var trust = new TrustOptions(keyRequired: false);
        var format = CommonOptions.Format();
        var tiles = new Option<DirectoryInfo>("--tiles")
        {
            Description = "Folder to export to; one that has an earlier export of this log is brought up to date.",
            Required = true,
        };
        var command = new Command(
            "export", "Copy the signed log to a folder of C2SP tiles, verified on the way. Example: gateway log export --tiles /mnt/audit/log") { tiles, format };
        source.AddTo(command);
        trust.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var opened = await source.OpenAsync(parsed, "export", cancellationToken);
            var folder = parsed.GetRequiredValue(tiles).FullName;
            var checkpoint = await opened.CopyAsync(folder, trust.Read(parsed, opened.OwnKeys), cancellationToken);
            Output.Rows(
                parsed.GetValue(format), [new Exported(folder, checkpoint.Origin, checkpoint.Head.Size, checkpoint.Head.Root.ToString())],
                ["folder", "origin", "entries", "root"], e => [e.Folder, e.Origin, e.Size.ToString(CultureInfo.InvariantCulture), e.Root]);
            return ExitCode.Ok;
        });
        return command;
    }

    private sealed record Exported(string Folder, string Origin, long Size, string Root);
}
