using System.CommandLine;

namespace Gateway.Commands.Log;

/// <summary><c>gateway log query</c>: matching entries, newest first.</summary>
internal static class QueryCommand
{
    public static Command Create()
    {
        var filters = new FilterOptions(TimeProvider.System);
        var staff = new StaffOptions();
        var format = CommonOptions.Format();
        var data = BreakGlass.Data();
        var reason = BreakGlass.Reason();
        var limit = new Option<int>("--limit", "-n")
        {
            Description = "Entries to print at most, 1 to 1,000,000.",
            DefaultValueFactory = _ => 50,
        };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1_000_000)
            {
                result.AddError("--limit: 1 to 1,000,000.");
            }
        });
        var command = new Command(
            "query", "Print matching entries, newest first. Example: gateway log query --subject C-5001 --kind disclosure -o json")
        {
            limit, format, data, reason,
        };
        filters.AddTo(command);
        staff.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var breakGlass = BreakGlass.From(parsed.GetValue(data), parsed.GetValue(reason));
            using var channel = breakGlass is null ? staff.Open(parsed) : null;
            var remote = channel is null ? null : new RemoteLog(channel);
            var entries = breakGlass is not null
                ? breakGlass.QueryAsync(filters.Read(parsed), parsed.GetValue(limit), cancellationToken)
                : remote!.QueryAsync(filters.Read(parsed), parsed.GetValue(limit), cancellationToken);
            var rows = new List<LogRow>();
            await foreach (var entry in entries)
            {
                rows.Add(LogRow.Of(entry));
            }

            LogPrinter.Rows(parsed.GetValue(format), rows);
            if (rows.Count == 0)
            {
                Output.Note(filters.Read(parsed).SubjectId.Length == 0
                    ? "No entry matches."
                    : "No entry matches: nothing of this customer was released, the shop writes the id otherwise, or they were forgotten.");
            }
            else if (rows.Count == parsed.GetValue(limit))
            {
                Output.Note($"The newest {rows.Count}; there may be more: raise --limit or narrow the filters.");
            }

            if (remote?.EntriesBehind > 0)
            {
                Output.Note($"The newest {remote.EntriesBehind} entries are still to be indexed and were not searched; ask again in a moment.");
            }

            if (remote?.SearchedFrom > 0)
            {
                Output.Note($"Entries below {remote.SearchedFrom} were archived and pruned, and were not searched.");
            }

            return ExitCode.Ok;
        });
        return command;
    }
}
