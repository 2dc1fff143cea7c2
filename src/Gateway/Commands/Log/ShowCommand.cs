using System.CommandLine;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log show</c>: everything about one entry.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var staff = new StaffOptions();
        var format = CommonOptions.Format();
        var data = BreakGlass.Data();
        var reason = BreakGlass.Reason();
        var receipt = new Argument<string>("receipt") { Description = "The receipt's id, as an answer or the log has it." };
        var command = new Command(
            "show", "Print everything about one entry. Example: gateway log show 01980000-0000-7000-8000-000000000000")
        {
            receipt, format, data, reason,
        };
        staff.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var id = parsed.GetRequiredValue(receipt);
            LoggedEntry? found;
            if (BreakGlass.From(parsed.GetValue(data), parsed.GetValue(reason)) is { } breakGlass)
            {
                found = await breakGlass.QueryAsync(new EntryFilter { Receipt = id }, limit: 1, cancellationToken)
                    .FirstOrDefaultAsync(cancellationToken);
            }
            else
            {
                using var channel = staff.Open(parsed);
                found = await new RemoteLog(channel).GetAsync(id, cancellationToken);
            }

            if (found is null)
            {
                throw new CommandFailure(ExitCode.CheckFailed, "The log holds no entry with this receipt.");
            }

            LogPrinter.Whole(parsed.GetValue(format), LogRow.Of(found));
            return ExitCode.Ok;
        });
        return command;
    }
}
