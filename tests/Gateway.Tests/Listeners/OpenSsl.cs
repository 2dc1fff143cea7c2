using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gateway.Tests.Listeners;

/// <summary>A client of another make, that can be told to send what our own TLS library refuses to.</summary>
internal static class OpenSsl
{
    private const string Program = "/usr/bin/openssl";

    public static void SkipWhereAbsent() => Assert.SkipUnless(File.Exists(Program), $"{Program} is not installed");

    /// <summary>Opens one connection with this certificate and gives what the client printed.</summary>
    public static async Task<string> ConnectAsync(DirectoryInfo folder, int port, X509Certificate2 leaf, CancellationToken token, params string[] more)
    {
        var pem = Path.Combine(folder.FullName, "client.pem");
        AsymmetricAlgorithm key = leaf.GetECDsaPrivateKey() is { } ec ? ec : leaf.GetRSAPrivateKey()!;
        await File.WriteAllTextAsync(pem, leaf.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem(), token);
        var start = new ProcessStartInfo(Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] arguments = ["s_client", "-connect", $"127.0.0.1:{port}", "-cert", pem, "-key", pem, "-cipher", "ALL:@SECLEVEL=0", "-alpn", "h2", .. more];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return await output + await errors;
    }
}
