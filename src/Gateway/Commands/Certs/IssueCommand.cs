using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;

namespace Gateway.Commands.Certs;

/// <summary><c>gateway certs issue</c>: offline; the authority's key need not be on the gateway's machine.</summary>
internal static class IssueCommand
{
    private const int MostDays = 825;

    public static Command Create()
    {
        var csr = new Option<FileInfo>("--csr") { Description = "The partner's certificate request, PEM.", Required = true };
        var contract = new Option<FileInfo>("--contract") { Description = "The partner's contract: says whom the certificate names.", Required = true };
        var authority = new Option<FileInfo>("--authority-cert") { Description = "The authority's certificate, PEM.", Required = true };
        var key = new Option<FileInfo>("--authority-key") { Description = "The authority's private key, PEM.", Required = true };
        var into = new Option<FileInfo?>("--out") { Description = "File to write; default: print it." };
        var days = new Option<int>("--days") { Description = $"How long it lasts, 1 to {MostDays} days. Default 90.", DefaultValueFactory = _ => 90 };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > MostDays)
            {
                result.AddError($"--days is 1 to {MostDays}.");
            }
        });
        var command = new Command("issue", "Sign a partner's request for its contract. Example: gateway certs issue --csr northgate.csr --contract contracts/northgate-warehouse.yaml --authority-cert partners-ca.pem --authority-key partners-ca.key --out northgate.pem --days 90")
        {
            csr, contract, authority, key, into, days,
        };
        command.SetAction(parsed =>
        {
            var terms = Terms(parsed.GetRequiredValue(contract));
            using var issuer = Authority(parsed.GetRequiredValue(authority), parsed.GetRequiredValue(key));
            using var certificate = CertificateIssue.Sign(
                Read(parsed.GetRequiredValue(csr)), terms, issuer, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(parsed.GetValue(days)));
            Write(certificate, issuer.Certificate, parsed.GetValue(into));
            Tell(certificate, terms);
        });
        return command;
    }

    private static IdentityTerms Terms(FileInfo file)
    {
        var (terms, errors) = ContractIdentity.Read(new ContractFile(file.Name, System.Text.Encoding.UTF8.GetBytes(Read(file))));
        return terms ?? throw new CommandFailure(
            ExitCode.InvalidConfiguration, string.Join('\n', errors), "`gateway contracts check` checks the whole contract");
    }

    private static IssuingAuthority Authority(FileInfo certificate, FileInfo key)
    {
        try
        {
            return new IssuingAuthority(X509Certificate2.CreateFromPem(Read(certificate), Read(key)));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CommandFailure(ExitCode.CheckFailed, $"{certificate} and {key} are not a CA certificate and its key: {e.Message}");
        }
    }

    private static void Write(X509Certificate2 certificate, X509Certificate2 issuer, FileInfo? into)
    {
        var pem = certificate.ExportCertificatePem() + "\n";
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(issuer.IssuerName.RawData))
        {
            // An authority below a root: the partner must send it along.
            pem += issuer.ExportCertificatePem() + "\n";
        }

        if (into is null)
        {
            Output.Data(System.Text.Encoding.ASCII.GetBytes(pem));
            return;
        }

        if (into.Exists)
        {
            throw new CommandFailure(ExitCode.Usage, $"{into} exists and is not overwritten", "name another file with --out");
        }

        PrivateFile.WriteCertificate(into.FullName, pem);
    }

    private static void Tell(X509Certificate2 certificate, IdentityTerms terms)
    {
        var key = SpkiHash.Of(certificate);
        Output.Note($"issued for {terms.Uri}, until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm:ss'Z'}, key {key}");
        Output.Note($"the contract names the authority {terms.Authority}: the gateway accepts it if its {terms.Authority}-ca.pem holds this authority's root");
        if (terms.Keys.Length > 0 && !terms.Keys.Contains(key))
        {
            Output.Note("the contract pins its keys and this one is not among them: add it under identity.keys before the partner uses it");
        }
    }

    private static string Read(FileInfo file)
    {
        try
        {
            return File.ReadAllText(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, e.Message);
        }
    }
}
