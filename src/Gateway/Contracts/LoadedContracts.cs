using Gateway.Commands;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;

namespace Gateway.Contracts;

/// <summary>What lay in the folder, compiled without an error.</summary>
internal sealed record LoadedContracts(IReadOnlyList<ContractFile> Files, Snapshot Snapshot, StaffDirectory Staff, IReadOnlyList<string> Warnings)
{
    /// <summary>Reads and compiles the folder at start.</summary>
    /// <exception cref="CommandFailure">The folder cannot be read, or holds errors: tells every one.</exception>
    public static async Task<LoadedContracts> LoadAsync(
        ContractFolder folder, Catalogue catalogue, TimeProvider clock, CancellationToken cancellationToken)
    {
        IReadOnlyList<ContractFile> files;
        try
        {
            files = await folder.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the contracts cannot be read: {e.Message}",
                "name the folder of policy.yaml, staff.yaml and the partners' files in Gateway__Contracts");
        }

        return Compile(files, catalogue, clock.GetUtcNow(), out var errors) ?? throw new CommandFailure(
            ExitCode.InvalidConfiguration, string.Join('\n', errors), $"correct the files in {folder.Path}; `gateway contracts check` checks them");
    }

    /// <summary>The staff alone; null where there is no <c>staff.yaml</c> or it has errors.</summary>
    public static StaffDirectory? CompileStaff(IReadOnlyList<ContractFile> files) =>
        files.FirstOrDefault(f => f.Name == ContractFile.Staff) is { } file ? StaffCompiler.Compile(file).Staff : null;

    /// <summary>Compiles what was read; null with every error.</summary>
    public static LoadedContracts? Compile(
        IReadOnlyList<ContractFile> files, Catalogue catalogue, DateTimeOffset now, out IReadOnlyList<string> errors)
    {
        var snapshot = SnapshotCompiler.Compile(files, catalogue, now);
        var staff = files.FirstOrDefault(f => f.Name == ContractFile.Staff) is { } file ? StaffCompiler.Compile(file) : null;
        var all = snapshot.Errors.Concat(staff?.Errors ?? []).Select(e => e.ToString());
        errors = staff is null ? [.. all, "staff.yaml:1:1: there is no staff; write who may use the staff listener in staff.yaml"] : [.. all];
        return errors.Count == 0
            ? new LoadedContracts(files, snapshot.Snapshot!, staff!.Staff!, [.. snapshot.Warnings.Select(w => w.ToString())])
            : null;
    }
}
