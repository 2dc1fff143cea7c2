using System.CommandLine;
using System.Text;

namespace Gateway.Commands.Contracts.Processing;

/// <summary><c>gateway contracts record</c>: the record of processing that an authority may ask for, from policy and contracts.</summary>
internal static class RecordCommand
{
    public static Command Create()
    {
        var format = new Option<RecordFormat>("--output", "-o")
        {
            Description = "How to write it: table, csv, json, or html, a page to print.",
            DefaultValueFactory = _ => RecordFormat.Table,
        };
        var file = new Option<FileInfo>("--out") { Description = "Write it to this file instead of stdout." };
        var source = new ContractSource();
        var command = new Command(
            "record", "Write the record of processing (GDPR Art. 30(1)). Example: gateway contracts record -o html --out record.html")
        {
            format, file,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await source.ReadFolderAsync(parsed, folder: null, cancellationToken);
            var record = ProcessingRecord.Of(ContractSource.Compile(files, "the folder"), TimeProvider.System.GetUtcNow());
            var (wanted, target) = (parsed.GetValue(format), parsed.GetValue(file));
            if (wanted == RecordFormat.Table)
            {
                if (target is not null)
                {
                    throw new CommandFailure(ExitCode.Usage, "a table is for the terminal", "name -o csv, html or json with --out");
                }

                Print(record);
            }
            else
            {
                var text = wanted switch
                {
                    RecordFormat.Csv => RecordSheet.Csv(record),
                    RecordFormat.Html => RecordPage.Of(record),
                    _ => Output.Json(record) + "\n",
                };
                Write(text, target);
            }

            Output.Note($"{record.Activities.Count} activities, revision {record.Revision}; it covers what is shared through the gateway and nothing else");
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(ProcessingRecord record)
    {
        Output.Data($"(a) controller: {RecordSheet.Controller(record.Controller)}");
        Output.Data($"    representative: {RecordSheet.Contact(record.Controller.Representative)}; data protection officer: "
            + $"{RecordSheet.Contact(record.Controller.Officer)}; joint controllers: {RecordSheet.Joint(record.Controller)}");
        Output.Data($"(c) persons: {string.Join("; ", record.Subjects)}");
        Output.Rows(OutputFormat.Table, record.Activities,
            ["purpose (b)", "basis", "categories of data (c)", "recipient (d)", "transfer and safeguard (e)", "erasure (f)"],
            a => [
                a.Purpose, a.Basis, string.Join('\n', a.Data.Select(RecordSheet.Data)), $"{a.Recipient}, {a.Role}, {a.Country}",
                RecordSheet.Transfer(a, record.Area), a.Erasure,
            ]);
        foreach (var measure in record.Security)
        {
            Output.Data($"(g) {measure}");
        }
    }

    private static void Write(string text, FileInfo? target)
    {
        if (target is null)
        {
            Output.Data(Encoding.UTF8.GetBytes(text));
            return;
        }

        try
        {
            File.WriteAllText(target.FullName, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{target.FullName} cannot be written: {e.Message}", "name another file with --out");
        }
    }
}

/// <summary>How the record is written.</summary>
internal enum RecordFormat
{
    Table,
    Csv,
    Html,
    Json,
}
