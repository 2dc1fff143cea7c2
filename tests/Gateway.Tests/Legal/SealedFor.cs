using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Gateway.Tests.Legal;

/// <summary>A recipient with its certificate, who opens what it gets with openssl(1).</summary>
internal sealed class SealedFor : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recipient-").FullName;

    public SealedFor()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificate = new CertificateRequest("CN=Crown Court at Leeds", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddYears(1));
        CertificatePath = Path.Combine(_folder, "court.pem");
        File.WriteAllText(CertificatePath, Certificate.ExportCertificatePem());
        File.WriteAllText(KeyPath, key.ExportPkcs8PrivateKeyPem());
    }

    public X509Certificate2 Certificate { get; }

    public string CertificatePath { get; }

    private string KeyPath => Path.Combine(_folder, "court.key");

    public Task<string> OpenAsync(byte[] file) => OpenAsync(file, "-recip", CertificatePath, "-inkey", KeyPath);

    public async Task<JsonElement> ReadAsync(byte[] file) => JsonDocument.Parse(await OpenAsync(file)).RootElement;

    public async Task<string> OpenAsync(byte[] file, params string[] with)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl") || Environment.GetEnvironmentVariable("CI") == "true", "openssl(1) is not installed");
        var path = Path.Combine(_folder, "case.p7m");
        await File.WriteAllBytesAsync(path, file, TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo("openssl", ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", path, .. with])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        using var openssl = Process.Start(start)!;
        var content = await openssl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await openssl.WaitForExitAsync(TestContext.Current.CancellationToken);
        openssl.ExitCode.ShouldBe(0);
        return content;
    }

    public void Dispose()
    {
        Certificate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
