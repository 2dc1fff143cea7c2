using System.Security.Cryptography;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class AuthorityTests
{
    [Fact]
    public void Parse_TwoRoots_KeepsBoth()
    {
        using var old = TestAuthority.Create("Old");
        using var next = TestAuthority.Create("New");

        Authority.Parse("partners", old.Certificate.ExportCertificatePem() + "\n" + next.Certificate.ExportCertificatePem())
            .Roots.Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not PEM")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void Parse_NoCertificate_Throws(string pem) =>
        Should.Throw<InvalidAuthorityException>(() => Authority.Parse("partners", pem)).Message.ShouldContain("partners-ca.pem");

    [Fact]
    public void Parse_Leaf_Throws()
    {
        using var authority = TestAuthority.Create();
        using var leaf = authority.Issue();

        Should.Throw<InvalidAuthorityException>(() => Authority.Parse("partners", leaf.ExportCertificatePem()));
    }

    [Fact]
    public void Parse_Intermediate_Throws()
    {
        using var authority = TestAuthority.Create();
        using var intermediate = authority.Intermediate("Middle");

        Should.Throw<InvalidAuthorityException>(() => Authority.Parse("partners", intermediate.Certificate.ExportCertificatePem()));
    }

    [Fact]
    public void Parse_WeakRoot_Throws()
    {
        using var weak = TestAuthority.Create(key: () => RSA.Create(1024));

        Should.Throw<InvalidAuthorityException>(() => Authority.Parse("partners", weak.Certificate.ExportCertificatePem()));
    }
}
