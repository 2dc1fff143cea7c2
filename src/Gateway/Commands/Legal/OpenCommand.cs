using System.CommandLine;
using Gateway.Core.Contracts;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal open</c>: every error of the file at its place, and exit code 3, or the case.</summary>
internal static class OpenCommand
{
    public static Command Create()
    {
        var call = new LegalCall();
        var file = new Option<FileInfo>("--file") { Description = "The case file, YAML: src/Gateway/Legal/README.md shows one.", Required = true };
        var check = new Option<bool>("--check") { Description = "Check the file and open nothing." };
        var command = new Command("open", "Open a case from its file, or only check the file. Example: gateway legal open --file case.yaml --check") { file, check };
        call.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var request = new OpenCaseRequest
            {
                FileName = path.Name,
                File = await ReadAsync(path, cancellationToken),
                CheckOnly = parsed.GetValue(check),
            };
            var answer = await call.RunAsync(parsed, client => client.OpenCaseAsync(request, cancellationToken: cancellationToken));
            if (answer.Errors.Count > 0)
            {
                Print(call.Format(parsed), [.. answer.Errors.Select(e => new ContractFinding(e.File, e.Line, e.Column, e.What, e.Instead))]);
                Output.Note($"{answer.Errors.Count} errors; no case was opened");
                return ExitCode.InvalidConfiguration;
            }

            LegalCasePrinter.Print(call.Format(parsed), LegalCaseRow.Of(answer.Case));
            Output.Note(request.CheckOnly
                ? "The file is good; no case was opened."
                : $"Opened. {answer.Case.ApprovalsNeeded} of staff approve it: gateway legal approve {answer.Case.Id} --as NAME");
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<ByteString> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        try
        {
            return ByteString.CopyFrom(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"the case file cannot be read: {e.Message}", "name it with --file");
        }
    }

    private static void Print(OutputFormat format, IReadOnlyList<ContractFinding> errors)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, errors, [], _ => []);
            return;
        }

        foreach (var error in errors)
        {
            Output.Data(error.ToString());
        }
    }
}
