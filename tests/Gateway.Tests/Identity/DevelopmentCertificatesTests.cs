using System.Security.Cryptography.X509Certificates;
using Gateway.Commands;
using Gateway.Commands.Certs;
using Gateway.Core.Identity;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Identity;

public sealed class DevelopmentCertificatesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-certs-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    // A server's, and one for each partner and member of staff.
    private static int Leaves => 1 + DevelopmentCertificates.Partners.Count + DevelopmentCertificates.Staff.Count;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Write_EmptyFolder_MakesEveryMarkedPairWithPrivateKeys()
    {
        var written = DevelopmentCertificates.Write(_folder, _clock);

        written.Count.ShouldBe(3 + Leaves);
        foreach (var name in written)
        {
            using var certificate = X509Certificate2.CreateFromPemFile(PathOf(name + ".pem"), PathOf(name + ".key"));
            DevelopmentMark.IsOn(certificate).ShouldBeTrue(name);
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(PathOf(name + ".key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, name);
            }
        }

        Directory.GetFiles(_folder.FullName).Length.ShouldBe(written.Count * 2);
    }

    [Fact]
    public void Write_Again_KeepsWhatIsGood()
    {
        DevelopmentCertificates.Write(_folder, _clock);

        DevelopmentCertificates.Write(_folder, _clock).ShouldBeEmpty();
    }

    [Fact]
    public void Write_LeafMissingOrNearItsEnd_MakesItAnewUnderTheSameAuthority()
    {
        DevelopmentCertificates.Write(_folder, _clock);
        var authority = File.ReadAllText(PathOf("partners-ca.pem"));
        File.Delete(PathOf("cedar-payments.key"));

        DevelopmentCertificates.Write(_folder, _clock).ShouldBe(["cedar-payments"]);
        _clock.Advance(TimeSpan.FromDays(340));
        DevelopmentCertificates.Write(_folder, _clock).Count.ShouldBe(Leaves);
        File.ReadAllText(PathOf("partners-ca.pem")).ShouldBe(authority);
    }

    [Fact]
    public void Write_AuthorityMissing_MakesItsLeavesAnew()
    {
        DevelopmentCertificates.Write(_folder, _clock);
        File.Delete(PathOf("staff-ca.pem"));

        DevelopmentCertificates.Write(_folder, _clock).ShouldBe(["staff-ca", .. DevelopmentCertificates.Staff]);
    }

    [Fact]
    public void Write_CertificateThatIsNotOurs_IsNeverOverwritten()
    {
        DevelopmentCertificates.Write(_folder, _clock);
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=real", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var real = request.CreateSelfSigned(_clock.GetUtcNow(), _clock.GetUtcNow().AddDays(1));
        File.WriteAllText(PathOf("ca.pem"), real.ExportCertificatePem());
        File.WriteAllText(PathOf("ca.key"), key.ExportPkcs8PrivateKeyPem());

        Should.Throw<CommandFailure>(() => DevelopmentCertificates.Write(_folder, _clock)).ExitCode.ShouldBe(ExitCode.InvalidConfiguration);
        File.ReadAllText(PathOf("ca.pem")).ShouldBe(real.ExportCertificatePem());
    }

    private string PathOf(string file) => Path.Combine(_folder.FullName, file);
}
