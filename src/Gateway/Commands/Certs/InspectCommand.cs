using System.CommandLine;
using System.Globalization;
using Gateway.Calls;
using Gateway.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Commands.Certs;

/// <summary><c>gateway certs inspect</c>: offline. Ends with <see cref="ExitCode.CheckFailed"/> where the file would not be accepted.</summary>
internal static class InspectCommand
{
    private const string AuthoritySuffix = "-ca.pem";

    public static Command Create()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "A PEM: a certificate, alone or with those it is sent with." };
        var contracts = new Option<DirectoryInfo?>("--contracts") { Description = "Folder of the contracts; without it only the handshake is judged." };
        var certificates = CommonOptions.Certificates();
        var format = CommonOptions.Format();
        var command = new Command("inspect", "Tell what a PEM is, whom it identifies, whether it would be accepted and for how long. Example: gateway certs inspect certs-dev/cedar-payments.pem --contracts contracts")
        {
            file, contracts, certificates, format,
        };
        command.SetAction(async (parsed, token) =>
        {
            var pem = await ReadAsync(parsed.GetRequiredValue(file), token);
            var authorities = Load(parsed.GetRequiredValue(certificates));
            var loaded = parsed.GetValue(contracts) is { } folder
                ? await LoadedContracts.LoadAsync(new ContractFolder(folder.FullName, TimeProvider.System), PartnerServices.Catalogue, TimeProvider.System, token)
                : null;
            var now = TimeProvider.System.GetUtcNow();
            var inspection = Inspection.Of(pem, authorities, loaded?.Snapshot, loaded?.Staff, now);
            Print(inspection, parsed.GetValue(format), now);
            return inspection.AcceptedAs is null ? ExitCode.CheckFailed : ExitCode.Ok;
        });
        return command;
    }

    private static void Print(Inspection found, OutputFormat format, DateTimeOffset now)
    {
        if (format != OutputFormat.Table)
        {
            Output.Rows(format, [found], [], _ => []);
            return;
        }

        Output.Data($"This is {found.What}.");
        if (found.Key is not null)
        {
            Output.Data(found.Identity is null ? "It names no single SPIFFE ID." : $"It names {found.Identity}.");
            Output.Data($"Its key is {found.Key}.");
        }

        if (found.NotAfter is { } notAfter && found.NotBefore is { } notBefore)
        {
            var days = Math.Floor((notAfter - now).TotalDays).ToString(CultureInfo.InvariantCulture);
            Output.Data($"It is valid from {At(notBefore)} to {At(notAfter)}: {(notAfter < now ? "expired" : $"{days} more days")}.");
        }

        Output.Data(found.AcceptedAs is null ? "It would not be accepted:" : $"It would be accepted as {found.AcceptedAs}.");
        foreach (var reason in found.Reasons)
        {
            Output.Data($"  - {reason}");
        }

        if (found.AcceptedAs is not null)
        {
            Output.Note("Whether its key is revoked or the partner suspended, a running gateway knows: `gateway partner show`.");
        }
    }

    /// <summary>Every authority of the folder; one that cannot be read is told and left out.</summary>
    private static Authorities Load(DirectoryInfo folder)
    {
        var authorities = new List<Authority>();
        foreach (var file in folder.Exists ? folder.GetFiles("*" + AuthoritySuffix) : [])
        {
            try
            {
                authorities.Add(Authority.Parse(file.Name[..^AuthoritySuffix.Length], File.ReadAllText(file.FullName)));
            }
            catch (Exception e) when (e is InvalidAuthorityException or IOException or UnauthorizedAccessException)
            {
                Output.Note(e.Message);
            }
        }

        if (authorities.Count == 0)
        {
            Output.Note($"{folder} holds no NAME{AuthoritySuffix}: no certificate can be accepted. Name the certificates folder with --certs.");
        }

        return new Authorities(authorities);
    }

    private static async Task<string> ReadAsync(FileInfo file, CancellationToken token)
    {
        try
        {
            return await File.ReadAllTextAsync(file.FullName, token);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, e.Message);
        }
    }

    private static string At(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
