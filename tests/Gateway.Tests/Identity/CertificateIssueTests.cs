using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Commands;
using Gateway.Commands.Certs;
using Gateway.Core.Contracts;
using Gateway.Core.Identity;
using Gateway.Tests.Listeners;

namespace Gateway.Tests.Identity;

public sealed class CertificateIssueTests : IDisposable
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    private readonly IssuingAuthority _authority = IssuingAuthority.CreateForDevelopment("Test", s_now, TimeSpan.FromDays(100));
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Sign_RequestThatNamesAnother_NamesTheContractsPartner()
    {
        var request = new CertificateRequest("CN=<b>cedar</b>, O=Cedar, OU=\"x\"", _key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://shop.example/partner/cedar-payments"));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));

        using var issued = Sign(request.CreateSigningRequestPem());

        var judged = CertificateJudge.Judge(issued, [], Trusted, s_now);
        judged.Identity!.Uri.Value.ShouldBe(TestListeners.Northgate);
        issued.Subject.ShouldBe("CN=bcedarb");
        issued.PublicKey.ExportSubjectPublicKeyInfo().ShouldBe(_key.ExportSubjectPublicKeyInfo());
        issued.NotAfter.ShouldBe(s_now.AddDays(90).LocalDateTime, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Sign_RequestWithABrokenSignature_IsRefused()
    {
        var der = new CertificateRequest("CN=a", _key, HashAlgorithmName.SHA256).CreateSigningRequest();
        der[^1] ^= 1;

        Refused(PemEncoding.WriteString("CERTIFICATE REQUEST", der));
    }

    [Fact]
    public void Sign_WeakKey_IsRefused()
    {
        using var weak = RSA.Create(1024);

        Refused(new CertificateRequest("CN=a", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequestPem());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----")]
    public void Sign_NoRequest_IsRefused(string pem) => Refused(pem);

    [Fact]
    public void Inspect_Issued_IsAcceptedAsItsPartnerUntilItEnds()
    {
        using var issued = Sign(new CertificateRequest("CN=a", _key, HashAlgorithmName.SHA256).CreateSigningRequestPem());

        var found = Inspect(issued.ExportCertificatePem(), s_now);

        found.AcceptedAs.ShouldBe("partner northgate-warehouse (northgate-warehouse), contract northgate-warehouse-contract");
        found.What.ShouldContain("for development only");
        Inspect(issued.ExportCertificatePem(), s_now.AddDays(91)).Reasons.ShouldBe([HandshakeRefusals.Of(HandshakeRefusal.OutsideDates).Sentence]);
    }

    [Fact]
    public void Inspect_PartnerOfNoContract_TellsWhy()
    {
        SpiffeId.TryParse("spiffe://shop.example/partner/nobody", out var nobody).ShouldBeTrue();
        using var issued = _authority.IssueClient(new PublicKey(_key), new X500DistinguishedName("CN=a"), nobody, s_now, TimeSpan.FromDays(1));

        var found = Inspect(issued.ExportCertificatePem(), s_now);

        found.AcceptedAs.ShouldBeNull();
        found.Reasons.Single().ShouldContain("No contract");
    }

    [Fact]
    public void Inspect_RightPartnerOfTheWrongAuthority_TellsWhy()
    {
        SpiffeId.TryParse("spiffe://shop.example/partner/ghost", out var ghost).ShouldBeTrue();
        using var issued = _authority.IssueClient(new PublicKey(_key), new X500DistinguishedName("CN=a"), ghost, s_now, TimeSpan.FromDays(1));

        Inspect(issued.ExportCertificatePem(), s_now).Reasons.Single().ShouldContain("absent");
    }

    [Theory]
    [InlineData("", "no PEM")]
    [InlineData("-----BEGIN " + "PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "a private key")] // in two parts: no scanner for keys need stop at it
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----", "a certificate request")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "a PEM whose certificate is damaged")]
    public void Inspect_AnythingElse_SaysWhatItIs(string pem, string what)
    {
        var found = Inspect(pem, s_now);

        found.What.ShouldBe(what);
        found.AcceptedAs.ShouldBeNull();
        found.Reasons.ShouldNotBeEmpty();
    }

    private Authorities Trusted => new([new Authority("partners", [_authority.Certificate])]);

    private X509Certificate2 Sign(string pem) => CertificateIssue.Sign(pem, Terms, _authority, s_now, TimeSpan.FromDays(90));

    private void Refused(string pem) => Should.Throw<CommandFailure>(() => Sign(pem)).ExitCode.ShouldBe(ExitCode.CheckFailed);

    private Inspection Inspect(string pem, DateTimeOffset now) =>
        Inspection.Of(pem, Trusted, TestListeners.TestSnapshot(), new StaffDirectory([]), now);

    private static IdentityTerms Terms => TestListeners.Contract("northgate-warehouse", "partners", TestListeners.Northgate).Identity;
}
