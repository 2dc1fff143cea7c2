using System.CommandLine;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log tail</c>: follows the log until Ctrl+C.</summary>
internal static class TailCommand
{
    public static Command Create()
    {
        var filters = new FilterOptions(TimeProvider.System);
        var staff = new StaffOptions();
        var format = CommonOptions.Format();
        var last = new Option<int>("--last", "-n")
        {
            Description = "Matching entries of the past to print first, 0 to 250.",
            DefaultValueFactory = _ => 10,
        };
        var command = new Command("tail", "Follow the log as calls come in. Example: gateway log tail --kind refusal") { last, format };
        filters.AddTo(command);
        staff.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var channel = staff.Open(parsed);
            try
            {
                await foreach (var entry in new RemoteLog(channel).TailAsync(filters.Read(parsed), parsed.GetValue(last), cancellationToken))
                {
                    LogPrinter.Line(parsed.GetValue(format), LogRow.Of(entry));
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl+C is how one leaves.
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
