using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Protos.Admin.V1;
using Google.Protobuf;
using Grpc.Core;

namespace Gateway.Commands.Legal;

/// <summary><c>gateway legal release</c>: what comes is sealed already, and is written as it comes.</summary>
internal static class ReleaseCommand
{
    public static Command Create()
    {
        var call = new LegalCall();
        var certificate = new Option<FileInfo>("--certificate") { Description = "Seal for the holder of this certificate, PEM or DER: RSA or EC." };
        var passphrase = new Option<bool>("--passphrase") { Description = "Seal under a new passphrase, shown once: send it apart from the file." };
        var file = new Option<FileInfo>("--out") { Description = "Where to write the sealed file; it must not exist.", Required = true };
        var command = new Command(
            "release",
            "Release an approved case into a file that its recipient alone can open (CMS; openssl cms -decrypt -inform DER). Example: gateway legal release legal-2026-0a1b2c3d --certificate court.pem --out case.p7m")
        {
            certificate, passphrase, file,
        };
        call.AddToCase(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(certificate) is null != result.GetValue(passphrase))
            {
                result.AddError("Name either --certificate or --passphrase.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var request = new ReleaseRequest
            {
                CaseId = call.Case(parsed),
                Certificate = parsed.GetValue(certificate) is { } recipient ? Read(recipient) : ByteString.Empty,
            };
            var path = parsed.GetRequiredValue(file).FullName;
            // Before anything is released: a file that cannot be written is known of now.
            await using var sealedFile = Create(path);
            ReleaseResponse.Types.Summary summary;
            try
            {
                summary = await call.RunAsync(parsed, client => ReadAsync(client.Release(request, cancellationToken: cancellationToken), sealedFile, cancellationToken));
            }
            catch (IOException e)
            {
                await DiscardAsync(sealedFile, path);
                throw new CommandFailure(
                    ExitCode.Unexpected, $"the file could not be written: {e.Message}. What was released is recorded; no file was kept.", "make room, then release the case again");
            }
            catch
            {
                await DiscardAsync(sealedFile, path);
                throw;
            }

            Print(call.Format(parsed), request.CaseId, path, summary);
            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task DiscardAsync(FileStream file, string path)
    {
        await file.DisposeAsync();
        File.Delete(path);
    }

    private static async Task<ReleaseResponse.Types.Summary> ReadAsync(
        AsyncServerStreamingCall<ReleaseResponse> call, FileStream file, CancellationToken cancellationToken)
    {
        using (call)
        {
            ReleaseResponse.Types.Summary? summary = null;
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                summary ??= call.ResponseStream.Current.Summary;
                await file.WriteAsync(call.ResponseStream.Current.Sealed.Memory, cancellationToken);
            }

            file.Flush(flushToDisk: true);
            return summary is not null && summary.Length == file.Length ? summary : throw new CommandFailure(
                ExitCode.CannotConnect, "The gateway ended the file before its end. What was released is recorded; no file was kept.", "release the case again");
        }
    }

    private static void Print(OutputFormat format, string id, string path, ReleaseResponse.Types.Summary summary)
    {
        if (format == OutputFormat.Table)
        {
            Output.Data($"released {summary.Release.Records} records of {id} to {path}");
            Output.Data($"sealed for {summary.Release.SealedFor}; receipts {string.Join(", ", summary.Release.Receipts)}");
        }
        else
        {
            Output.Rows(format, [new { Case = id, File = path, Release = LegalReleaseRow.Of(summary.Release), summary.LeftOut }], [], _ => []);
        }

        if (summary.LeftOut > 0)
        {
            Output.Note($"{summary.LeftOut} records were left out: they hold what looks like a card number.");
        }

        if (summary.Passphrase.Length > 0)
        {
            Output.Note($"passphrase: {summary.Passphrase}");
            Output.Note("It is shown this once. Send it apart from the file. Opened by: openssl cms -decrypt -inform DER -in FILE -pwri_password PASSPHRASE");
        }
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitCode.Usage, $"the file cannot be made, so nothing was released: {e.Message}", "name a new file in --out");
        }
    }

    private static ByteString Read(FileInfo file)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(file.FullName);
            return ByteString.CopyFrom(certificate.RawData);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CommandFailure(ExitCode.Usage, $"the certificate cannot be read: {e.Message}", "name the recipient's certificate, PEM or DER");
        }
    }
}
