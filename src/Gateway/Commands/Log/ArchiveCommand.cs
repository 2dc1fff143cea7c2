using System.CommandLine;
using System.Globalization;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log archive</c>: the whole log into a folder, read back and verified; only then the gateway prunes what is old.</summary>
internal static class ArchiveCommand
{
    private static readonly string[] s_columns = ["folder", "entries", "archived from", "archived to", "pruned below", "receipt"];

    public static Command Create()
    {
        var staff = new StaffOptions("privacy-officer");
        var trust = new TrustOptions(keyRequired: false);
        var format = CommonOptions.Format();
        var folder = new Argument<DirectoryInfo>("DIR") { Description = "Folder of the archive; one that has an earlier archive of this log is brought up to date." };
        var before = new Option<DateTimeOffset>("--before")
        {
            Description = "Entries made before this instant go: 2026-03-01, or so long ago: 400d. Whole bundles of 256 alone.",
            Required = true,
            CustomParser = result => Instants.Time(result.Tokens[0].Value, TimeProvider.System, result) ?? default,
        };
        var reason = new Option<string>("--reason") { Description = "Why; recorded.", DefaultValueFactory = _ => "retention period ended" };
        var command = new Command(
            "archive",
            "Copy the log to a folder, verify the copy, then prune what is older from the gateway. Example: gateway log archive --before 400d /mnt/archive/log")
        {
            folder, before, reason, format,
        };
        trust.AddTo(command);
        staff.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var channel = staff.Open(parsed);
            using var opened = await LogSource.OpenAsync(staff, parsed, cancellationToken);
            var archive = new LogArchive(
                opened, new ArchiveService.ArchiveServiceClient(channel), parsed.GetRequiredValue(folder).FullName, trust.Read(parsed, opened.OwnKeys));
            var done = await archive.RunAsync(parsed.GetRequiredValue(before), parsed.GetRequiredValue(reason), cancellationToken);
            Output.Rows(parsed.GetValue(format), [done], s_columns, d =>
            [
                d.Folder, Number(d.Entries), Number(d.From), Number(d.To), Number(d.MinimumIndex), d.Receipt,
            ]);
            if (done.Receipt.Length == 0)
            {
                Output.Note("Nothing was pruned: no whole bundle of 256 signed entries is that old. The archive is up to date all the same.");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
