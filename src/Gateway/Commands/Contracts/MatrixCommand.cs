using System.CommandLine;
using System.Text;
using Gateway.Calls;
using Gateway.Commands.Contracts.Processing;
using Gateway.Commands.Log;
using Gateway.Contracts;
using Gateway.Protos.Admin.V1;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts matrix</c>: who may get what for which purpose, and whether they do.</summary>
internal static class MatrixCommand
{
    public static Command Create()
    {
        var contracts = new Option<DirectoryInfo>("--contracts") { Description = "A folder of contracts, without asking a gateway: tells what is granted, not what is used." };
        var days = new Option<int>("--days") { Description = "How many days back use is counted, 1 to 366.", DefaultValueFactory = _ => 30 };
        var unused = new Option<bool>("--unused") { Description = "Only what is granted and was never used." };
        var format = new Option<MatrixFormat>("--output", "-o")
        {
            Description = "How to print: table, csv, json or ndjson.",
            DefaultValueFactory = _ => MatrixFormat.Table,
        };
        var staff = new StaffOptions("privacy-officer");
        var command = new Command(
            "matrix", "Print who may get which category for which purpose, and who did in the last 30 days. Example: gateway contracts matrix --as privacy-officer")
        {
            contracts, days, unused, format,
        };
        staff.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(contracts) is not null && result.GetValue(unused))
            {
                result.AddError("--unused needs the gateway: a folder does not tell what is used.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(contracts);
            IEnumerable<MatrixLine> lines;
            if (folder is not null)
            {
                lines = await ReadFolderAsync(parsed, folder, cancellationToken);
                Output.Note("What is used is not known: ask the gateway for it, without --contracts");
            }
            else
            {
                using var channel = staff.Open(parsed);
                var client = new AccessService.AccessServiceClient(channel);
                var answer = await ExplainedCall.RunAsync(
                    "The access matrix is for staff who may read contracts and the log, as the role privacy.",
                    () => client.GetMatrixAsync(new GetMatrixRequest { Days = parsed.GetValue(days) }, cancellationToken: cancellationToken).ResponseAsync,
                    "--contracts FOLDER tells what is granted.");
                lines = answer.Accesses.Select(a => MatrixLine.Of(a, useIsKnown: true));
                Tell(answer);
            }

            Print(parsed.GetValue(format), lines.Where(l => !parsed.GetValue(unused) || l.State == MatrixLine.Unused).ToArray());
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<IEnumerable<MatrixLine>> ReadFolderAsync(ParseResult parsed, DirectoryInfo folder, CancellationToken cancellationToken)
    {
        var files = await new ContractSource().ReadFolderAsync(parsed, folder.FullName, cancellationToken);
        var matrix = new AccessMatrix(PartnerServices.Catalogue);
        matrix.AddGranted(ContractSource.Compile(files, folder.FullName), TimeProvider.System.GetUtcNow());
        return matrix.Rows.Select(a => MatrixLine.Of(a, useIsKnown: false));
    }

    private static void Tell(GetMatrixResponse answer)
    {
        Output.Note($"revision {answer.Revision}; used since {RecordSheet.At(answer.Since.ToDateTimeOffset())}");
        if (answer.LogBegins is { } begins && begins.ToDateTimeOffset() > answer.Since.ToDateTimeOffset())
        {
            Output.Note($"The log holds nothing from before {RecordSheet.At(begins.ToDateTimeOffset())}: what was used before that is not counted.");
        }

        if (answer.EntriesBehind > 0)
        {
            Output.Note($"The newest {answer.EntriesBehind} entries are still to be indexed and are not counted; ask again in a moment.");
        }
    }

    private static void Print(MatrixFormat format, MatrixLine[] lines)
    {
        string[] columns = ["partner", "purpose", "record", "category", "granted", "answers", "last", "state"];
        string[] Cells(MatrixLine l) =>
        [
            l.Partner, l.Purpose, l.Record, l.Category + (l.Sensitive ? " SENSITIVE" : ""), string.Join(", ", l.Granted),
            l.Answers is { } n ? $"{n}" : "", l.Last is { } last ? RecordSheet.At(last) : "", l.State,
        ];
        switch (format)
        {
            case MatrixFormat.Csv:
                Output.Data(Encoding.UTF8.GetBytes(CsvText.Of(columns, lines.Select(Cells))));
                break;
            case MatrixFormat.Table:
                Output.Rows(OutputFormat.Table, lines, columns, Cells);
                break;
            default:
                Output.Rows(format == MatrixFormat.Json ? OutputFormat.Json : OutputFormat.Ndjson, lines, [], _ => []);
                break;
        }
    }
}

/// <summary>How the matrix is printed.</summary>
internal enum MatrixFormat
{
    Table,
    Csv,
    Json,
    Ndjson,
}
