using System.CommandLine;
using Gateway.Core.Contracts;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts show</c>: who gets what and why, and what is withheld; or a revision's exact bytes.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var partner = new Argument<string?>("PARTNER") { Description = "Partner id; left out to list the contracts.", Arity = ArgumentArity.ZeroOrOne };
        var revision = new Option<string>("--revision") { Description = "A revision that was kept: its first digits, or in-force. Without PARTNER its files are printed." };
        var format = CommonOptions.Format();
        var source = new ContractSource();
        var command = new Command("show", "Show what a partner gets and why, and what is withheld. Example: gateway contracts show northgate-warehouse")
        {
            partner, revision, format,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (id, wanted) = (parsed.GetValue(partner), parsed.GetValue(revision));
            var files = wanted is null
                ? await source.ReadFolderAsync(parsed, folder: null, cancellationToken)
                : await source.ReadRevisionAsync(parsed, wanted, cancellationToken);
            if (id is null && wanted is not null)
            {
                PrintFiles(files);
                return;
            }

            var snapshot = ContractSource.Compile(files, wanted ?? "the folder");
            if (id is null)
            {
                PrintContracts(parsed.GetValue(format), snapshot);
            }
            else
            {
                ContractTable.Print(parsed.GetValue(format), id, snapshot);
            }
        });
        return command;
    }

    private static void PrintFiles(IReadOnlyList<ContractFile> files)
    {
        Output.Note($"revision {Revision.Of(files)}, {files.Count} files");
        foreach (var file in Revision.Parts(files))
        {
            Output.Note($"{file.Name}, {file.Bytes.Length} bytes:");
            Output.Data(file.Bytes.Span);
        }
    }

    private static void PrintContracts(OutputFormat format, Snapshot snapshot)
    {
        var now = TimeProvider.System.GetUtcNow();
        Output.Rows(
            format,
            snapshot.Contracts.Select(c => new ContractLine(
                c.Partner.Id, c.Name, c.Partner.Name, c.IsInForce(now), DateOnly.FromDateTime(c.Agreement.Effective.UtcDateTime),
                DateOnly.FromDateTime(c.Agreement.Expires.UtcDateTime).AddDays(-1), c.Grants.Sum(g => g.Fields.Length))).ToArray(),
            ["partner", "contract", "name", "in force", "effective", "expires", "fields"],
            l => [l.Partner, l.Contract, l.Name, l.InForce ? "yes" : "no", $"{l.Effective:yyyy-MM-dd}", $"{l.Expires:yyyy-MM-dd}", $"{l.Fields}"]);
    }

    /// <summary>A contract as JSON.</summary>
    private sealed record ContractLine(string Partner, string Contract, string Name, bool InForce, DateOnly Effective, DateOnly Expires, int Fields);
}
