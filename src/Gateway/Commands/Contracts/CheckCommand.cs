using System.CommandLine;
using Gateway.Calls;
using Gateway.Core.Contracts;
using Gateway.Core.Contracts.Never;

namespace Gateway.Commands.Contracts;

/// <summary><c>gateway contracts check</c>: every error and warning of a folder; exit code 3 where there is an error.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var folder = new Argument<DirectoryInfo?>("DIR") { Description = "Folder to check, instead of --contracts.", Arity = ArgumentArity.ZeroOrOne };
        var format = CommonOptions.Format();
        var source = new ContractSource();
        var command = new Command("check", "Check policy, contracts and staff; tells every error at once. Example: gateway contracts check .gateway/contracts")
        {
            folder, format,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await source.ReadFolderAsync(parsed, parsed.GetValue(folder)?.FullName, cancellationToken);
            var compiled = SnapshotCompiler.Compile(files, PartnerServices.Catalogue, TimeProvider.System.GetUtcNow());
            var staff = files.FirstOrDefault(f => f.Name == ContractFile.Staff) is { } file ? StaffCompiler.Compile(file) : null;
            var errors = compiled.Errors.AddRange(staff?.Errors ?? []);
            Print(parsed.GetValue(format), errors, compiled.Warnings.AddRange(Unsaid(compiled.Snapshot)));
            if (staff is null)
            {
                Output.Note("there is no staff.yaml: the gateway will not start without one");
            }

            if (errors.Length > 0)
            {
                Output.Note($"{errors.Length} errors");
                return ExitCode.InvalidConfiguration;
            }

            if (parsed.GetValue(format) == OutputFormat.Table)
            {
                Output.Data(Summary(compiled.Snapshot!));
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static IEnumerable<ContractFinding> Unsaid(Snapshot? snapshot) => snapshot is { Policy.Unsaid: { IsEmpty: false } unsaid }
        ? [new ContractFinding(ContractFile.Policy, 1, 1, $"the policy says nothing of: {string.Join(", ", unsaid)}",
            "write it before the record of processing is asked for (GDPR Art. 30(1)); `gateway contracts record` needs it")]
        : [];

    private static void Print(OutputFormat format, IReadOnlyList<ContractFinding> errors, IReadOnlyList<ContractFinding> warnings)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, errors.Select(e => new Line("error", e)).Concat(warnings.Select(w => new Line("warning", w))).ToArray(), [], _ => []);
            return;
        }

        foreach (var error in errors)
        {
            Output.Data(error.ToString());
        }

        foreach (var warning in warnings)
        {
            Output.Note($"warning: {warning}");
        }
    }

    private static string Summary(Snapshot snapshot) =>
        $"ok: revision {snapshot.Revision}, {snapshot.Policy.Purposes.Count} purposes, {snapshot.Contracts.Length} contracts, "
        + $"{snapshot.Contracts.Sum(c => c.Grants.Length)} grants, {snapshot.Contracts.Sum(c => c.Grants.Sum(g => g.Fields.Length))} fields granted; "
        + $"{NeverProof.Of(snapshot.Contracts, snapshot.Policy.Never).Held} contract × purpose × field held against {snapshot.Policy.Never.Length} never-rules";

    /// <summary>A finding as JSON.</summary>
    private sealed record Line(string Severity, ContractFinding Finding);
}
