using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Commands.Contracts;
using Gateway.Core.Contracts;

namespace Gateway.Commands.Partner.Pack;

/// <summary><c>gateway partner pack</c>: what a partner's integrator needs, and nothing about anybody else.</summary>
internal static class PackCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The partner's id." };
        var folder = new Option<DirectoryInfo>("--out") { Description = "Folder to write; must be empty or not there yet.", Required = true };
        var force = new Option<bool>("--force") { Description = "Write over what the folder holds; other files in it stay." };
        var certificates = CommonOptions.Certificates();
        var source = new ContractSource();
        var command = new Command(
            "pack", "Write what a partner's integrator needs: protos, ca.pem, the contract in words, samples. Example: gateway partner pack northgate-warehouse --out northgate-pack")
        {
            id, folder, force, certificates,
        };
        source.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var files = await source.ReadFolderAsync(parsed, folder: null, cancellationToken);
            var snapshot = ContractSource.Compile(files, "the folder");
            var contract = ContractOf(snapshot, parsed.GetRequiredValue(id), TimeProvider.System.GetUtcNow());
            var pack = Files(contract, snapshot.Revision, Trusted(parsed.GetRequiredValue(certificates)));
            var target = parsed.GetRequiredValue(folder);
            Write(pack, target, parsed.GetValue(force));
            Output.Data($"{pack.Count} files in {target.FullName} for {contract.Partner.Id}, contract {contract.Name}");
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Every file of the pack by its path: the same for the same contract.</summary>
    public static SortedDictionary<string, byte[]> Files(Contract contract, string revision, string authority)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["README.md"] = Encoding.UTF8.GetBytes(SampleCalls.Readme(contract)),
            ["CONTRACT.md"] = Encoding.UTF8.GetBytes(ContractPaper.Text(contract, revision)),
            ["REFUSALS.md"] = Encoding.UTF8.GetBytes(RefusalPaper.Text()),
            ["ca.pem"] = Encoding.ASCII.GetBytes(authority),
            ["protos/buf.yaml"] = "version: v2\n"u8.ToArray(),
            ["samples/call.sh"] = SampleCalls.Read("call.sh", contract),
            ["samples/call.mjs"] = SampleCalls.Read("call.mjs", contract),
        };
        foreach (var name in PackProtos.Names(contract))
        {
            files[$"protos/{name}"] = PackProtos.Read(name);
        }

        return files;
    }

    /// <summary>The certificates of <c>ca.pem</c> and nothing else that may stand in that file.</summary>
    /// <exception cref="CommandFailure">There are none.</exception>
    public static string Trusted(DirectoryInfo certificates)
    {
        var file = Path.Combine(certificates.FullName, "ca.pem");
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPem(File.ReadAllText(file));
            if (authorities.Count > 0)
            {
                return authorities.ExportCertificatePems() + "\n";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"{file} cannot be read: {e.Message}", "name the folder of the certificates with --certs");
        }

        throw new CommandFailure(ExitCode.InvalidConfiguration, $"{file} holds no certificate", "put there what partners trust the gateway by");
    }

    // In force, else the next to begin: a pack is made before the first day.
    private static Contract ContractOf(Snapshot snapshot, string partner, DateTimeOffset now)
    {
        var contracts = snapshot.Contracts.Where(c => c.Partner.Id == partner).OrderBy(c => c.Agreement.Effective).ToArray();
        if (contracts.Length == 0)
        {
            throw new CommandFailure(ExitCode.InvalidConfiguration, $"no contract has the partner '{partner}'", "`gateway contracts show` lists them");
        }

        return contracts.FirstOrDefault(c => now < c.Agreement.Expires) ?? throw new CommandFailure(
            ExitCode.InvalidConfiguration, $"the agreement with '{partner}' has expired", "renew it in its contract");
    }

    private static void Write(SortedDictionary<string, byte[]> files, DirectoryInfo target, bool force)
    {
        try
        {
            if (!force && target.Exists && target.EnumerateFileSystemInfos().Any())
            {
                throw new CommandFailure(ExitCode.Usage, $"{target.FullName} is not empty", "name another folder, or write over it with --force");
            }

            foreach (var (name, bytes) in files)
            {
                var path = Path.Combine(target.FullName, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, bytes);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"{target.FullName} cannot be written: {e.Message}", "name another folder with --out");
        }
    }
}
