using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Core.Legal.Sealing;

namespace Gateway.Core.Tests.Legal;

/// <summary>Sealed files are opened by openssl(1), which shares no code with us, and by nobody else.</summary>
public sealed class SealedFileTests : IDisposable
{
    private static readonly DateTimeOffset s_now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("sealed-").FullName;

    public static TheoryData<string> Kinds => ["rsa2048", "rsa4096", "nistP256", "nistP384", "nistP521"];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task ForACertificate_AnyLength_IsOpenedByItsKeyInOpenssl(string kind)
    {
        using var recipient = Recipient(kind);
        using var other = Recipient(kind);
        foreach (var length in (int[])[0, 1, 15, 16, 100_000])
        {
            var content = RandomNumberGenerator.GetBytes(length);

            var file = SealedFile.For(recipient, content);

            (await OpenAsync(file, recipient)).ShouldBe(content);
            (await OpenAsync(file, other)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task UnderAPassphrase_AnyLength_IsOpenedByItInOpenssl()
    {
        var passphrase = Passphrases.Generate();
        foreach (var length in (int[])[0, 1, 100_000])
        {
            var content = RandomNumberGenerator.GetBytes(length);

            var file = SealedFile.Under(passphrase, content);

            (await OpenAsync(file, passphrase)).ShouldBe(content);
            (await OpenAsync(file, passphrase + "x")).ShouldBeNull();
        }
    }

    [Fact]
    public async Task ForACertificate_OneBitChanged_IsNotOpened()
    {
        using var recipient = Recipient("nistP256");
        var file = SealedFile.For(recipient, Encoding.UTF8.GetBytes(new string('x', 200)));
        for (var at = file.Length - 190; at < file.Length; at += 17)
        {
            var changed = file.ToArray();
            changed[at] ^= 1;

            (await OpenAsync(changed, recipient)).ShouldBeNull($"byte {at}");
        }
    }

    [Fact]
    public void Passphrases_Each_IsNewAndLongEnough()
    {
        var passphrases = Enumerable.Range(0, 100).Select(_ => Passphrases.Generate()).ToArray();

        passphrases.Distinct(StringComparer.Ordinal).Count().ShouldBe(100);
        passphrases.ShouldAllBe(p => p.Count(char.IsAsciiLetterOrDigit) == 26);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Certificate_Fit_IsRead(string kind)
    {
        using var recipient = Recipient(kind);

        var (certificate, fault) = RecipientCertificate.Read(recipient.RawData, s_now);

        using (certificate)
        {
            fault.ShouldBeNull();
            certificate.ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData("rsa1024", X509KeyUsageFlags.None, 0, "too weak")]
    [InlineData("brainpoolP256r1", X509KeyUsageFlags.None, 0, "too weak")]
    [InlineData("rsa2048", X509KeyUsageFlags.DigitalSignature, 0, "keyEncipherment")]
    [InlineData("nistP256", X509KeyUsageFlags.DigitalSignature, 0, "keyAgreement")]
    [InlineData("nistP256", X509KeyUsageFlags.None, 400, "outside its dates")]
    [InlineData("nistP256", X509KeyUsageFlags.None, -400, "outside its dates")]
    public void Certificate_Unfit_SaysWhy(string kind, X509KeyUsageFlags usage, int days, string why)
    {
        using var recipient = Recipient(kind, usage);

        var (certificate, fault) = RecipientCertificate.Read(recipient.RawData, s_now.AddDays(days));

        certificate.ShouldBeNull();
        fault.ShouldNotBeNull().ShouldContain(why);
    }

    [Fact]
    public void Certificate_None_SaysSo() => RecipientCertificate.Read("no certificate"u8, s_now).Fault.ShouldNotBeNull().ShouldContain("no certificate");

    private static X509Certificate2 Recipient(string kind, X509KeyUsageFlags usage = X509KeyUsageFlags.None)
    {
        CertificateRequest request;
        if (kind.StartsWith("rsa", StringComparison.Ordinal))
        {
            request = new CertificateRequest(
                "CN=Crown Court", RSA.Create(int.Parse(kind[3..], System.Globalization.CultureInfo.InvariantCulture)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        else
        {
            request = new CertificateRequest("CN=Crown Court", ECDsa.Create(ECCurve.CreateFromFriendlyName(kind)), HashAlgorithmName.SHA256);
        }

        if (usage != X509KeyUsageFlags.None)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        }

        return request.CreateSelfSigned(s_now.AddDays(-30), s_now.AddDays(300));
    }

    private async Task<byte[]?> OpenAsync(byte[] file, X509Certificate2 recipient)
    {
        var key = recipient.GetRSAPrivateKey() as AsymmetricAlgorithm ?? recipient.GetECDsaPrivateKey()!;
        var (certificatePath, keyPath) = (Path.Combine(_folder, "r.pem"), Path.Combine(_folder, "r.key"));
        await File.WriteAllTextAsync(certificatePath, recipient.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        return await OpenAsync(file, "-recip", certificatePath, "-inkey", keyPath);
    }

    private Task<byte[]?> OpenAsync(byte[] file, string passphrase) => OpenAsync(file, "-pwri_password", passphrase);

    private async Task<byte[]?> OpenAsync(byte[] file, params string[] with)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/openssl") || Environment.GetEnvironmentVariable("CI") == "true", "openssl(1) is not installed");
        var (sealedPath, opened) = (Path.Combine(_folder, "file.p7m"), Path.Combine(_folder, "file.json"));
        await File.WriteAllBytesAsync(sealedPath, file, TestContext.Current.CancellationToken);
        File.Delete(opened);
        var start = new ProcessStartInfo("openssl", ["cms", "-decrypt", "-binary", "-inform", "DER", "-in", sealedPath, "-out", opened, .. with])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        };
        using var openssl = Process.Start(start)!;
        var errors = await openssl.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await openssl.WaitForExitAsync(TestContext.Current.CancellationToken);
        TestContext.Current.TestOutputHelper?.WriteLine(errors);
        return openssl.ExitCode == 0 ? await File.ReadAllBytesAsync(opened, TestContext.Current.CancellationToken) : null;
    }
}
