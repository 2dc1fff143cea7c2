using System.CommandLine;
using Gateway.Calls;
using Gateway.Configuration;
using Gateway.Contracts;
using Gateway.Core.Contracts;

namespace Gateway.Commands.Contracts;

/// <summary>Where these commands find contracts: a folder, or a revision that was kept.</summary>
internal sealed class ContractSource
{
    /// <summary>Stands for the revision last in force.</summary>
    public const string InForce = "in-force";

    private readonly Option<DirectoryInfo> _contracts = new("--contracts")
    {
        Description = "Folder of policy.yaml and the partners' files. Default: Gateway__Contracts, else .gateway/contracts.",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("Gateway__Contracts") ?? Path.Combine(".gateway", "contracts")),
    };

    private readonly Option<DirectoryInfo> _data = new("--data")
    {
        Description = "The gateway's data folder, for revisions. Default: Gateway__Data, else .gateway.",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("Gateway__Data") ?? ".gateway"),
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_contracts);
        command.Options.Add(_data);
    }

    /// <summary>The files of a folder, or of the folder that the options name.</summary>
    public async Task<IReadOnlyList<ContractFile>> ReadFolderAsync(ParseResult parsed, string? folder, CancellationToken cancellationToken)
    {
        var path = folder ?? parsed.GetRequiredValue(_contracts).FullName;
        try
        {
            return await new ContractFolder(path, TimeProvider.System).ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"the contracts cannot be read: {e.Message}", "name their folder with --contracts");
        }
    }

    /// <summary>The files of a revision, named whole, by its first digits, or as <see cref="InForce"/>.</summary>
    public async Task<IReadOnlyList<ContractFile>> ReadRevisionAsync(ParseResult parsed, string name, CancellationToken cancellationToken)
    {
        var folder = new DataFolder(parsed.GetRequiredValue(_data).FullName).Revisions;
        var store = new RevisionStore(folder);
        if ((name == InForce ? store.LastInForce : store.Find(name)) is not { } revision)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"no revision '{name}' is kept in {folder}",
                "name the data folder with --data, and six or more digits of the revision, or in-force");
        }

        try
        {
            return await store.ReadAsync(revision, cancellationToken);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.CheckFailed, e.Message, "restore the folder from a backup");
        }
    }

    /// <summary>A folder where there is one of that name, else a revision.</summary>
    public Task<IReadOnlyList<ContractFile>> ReadAsync(ParseResult parsed, string name, CancellationToken cancellationToken) =>
        Directory.Exists(name) ? ReadFolderAsync(parsed, name, cancellationToken) : ReadRevisionAsync(parsed, name, cancellationToken);

    /// <summary>The snapshot of files that must be good.</summary>
    public static Snapshot Compile(IReadOnlyList<ContractFile> files, string name)
    {
        var compiled = SnapshotCompiler.Compile(files, PartnerServices.Catalogue, TimeProvider.System.GetUtcNow());
        return compiled.Snapshot ?? throw new CommandFailure(
            ExitCode.InvalidConfiguration, $"{name} has errors:\n" + string.Join('\n', compiled.Errors), "correct them first; `gateway contracts check` checks them");
    }
}
