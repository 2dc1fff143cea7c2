using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class IssuingAuthorityTests
{
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    [Fact]
    public void IssueClient_OfDevelopmentAuthority_IsAcceptedAndMarked()
    {
        using var authority = IssuingAuthority.CreateForDevelopment("Test", s_now, TimeSpan.FromDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        SpiffeId.TryParse("spiffe://shop.example/partner/a-b.c_d/E", out var id).ShouldBeTrue();

        using var leaf = authority.IssueClient(new PublicKey(key), new X500DistinguishedName("CN=a"), id, s_now, TimeSpan.FromDays(9));

        var trusted = new Authorities([Authority.Parse("partners", authority.Certificate.ExportCertificatePem())]);
        var judged = CertificateJudge.Judge(leaf, [], trusted, s_now);
        judged.Faults.ShouldBeEmpty();
        judged.Identity!.Uri.ShouldBe(id);
        DevelopmentMark.IsOn(leaf).ShouldBeTrue();
        leaf.NotAfter.ShouldBeLessThanOrEqualTo(authority.Certificate.NotAfter);
    }

    [Fact]
    public void IssueServer_IsNoClient()
    {
        using var authority = IssuingAuthority.CreateForDevelopment("Test", s_now, TimeSpan.FromDays(1));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        using var server = authority.IssueServer(new PublicKey(key), ["localhost"], [IPAddress.Loopback], s_now, TimeSpan.FromDays(1));

        server.MatchesHostname("localhost").ShouldBeTrue();
        server.MatchesHostname("127.0.0.1").ShouldBeTrue();
        CertificateJudge.Judge(server, [], new Authorities([new Authority("x", [authority.Certificate])]), s_now)
            .Faults.ShouldContain(HandshakeRefusal.NoClientAuthentication);
    }

    [Fact]
    public void New_LeafInsteadOfAuthority_Throws()
    {
        using var authority = TestAuthority.Create();
        using var leaf = authority.Issue();

        Should.Throw<ArgumentException>(() => new IssuingAuthority(leaf));
    }
}
