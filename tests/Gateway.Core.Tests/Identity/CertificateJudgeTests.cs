using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;

namespace Gateway.Core.Tests.Identity;

public sealed class CertificateJudgeTests : IDisposable
{
    private const string AnyUsage = "2.5.29.37.0";
    private const string ServerUsage = "1.3.6.1.5.5.7.3.1";

    private readonly TestAuthority _authority = TestAuthority.Create();
    private readonly Authorities _trusted;

    public CertificateJudgeTests() => _trusted = new Authorities([new Authority("partners", [_authority.Certificate])]);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void Judge_GoodCertificate_GivesIdentity()
    {
        using var leaf = _authority.Issue();

        var judged = Judge(leaf);

        judged.Faults.ShouldBeEmpty();
        judged.Identity!.Uri.Value.ShouldBe("spiffe://shop.example/partner/northgate-warehouse");
        judged.Identity.Authorities.ShouldBe(["partners"]);
        judged.Identity.Key.ShouldBe(SpkiHash.Of(leaf));
        judged.Identity.NotAfter.ShouldBe(new DateTimeOffset(leaf.NotAfter));
    }

    [Fact]
    public void Judge_DnsNameBesideTheUri_IsAccepted()
    {
        using var leaf = _authority.Issue(new LeafShape { DnsNames = ["warehouse.example"] });

        Judge(leaf).Faults.ShouldBeEmpty();
    }

    [Fact]
    public void Judge_Nothing_IsRefused() => Judge(null).Faults.ShouldBe([HandshakeRefusal.NoCertificate]);

    [Fact]
    public void Judge_OtherAuthority_IsForeign()
    {
        using var stranger = TestAuthority.Create();
        using var leaf = stranger.Issue();

        Judge(leaf).Faults.ShouldBe([HandshakeRefusal.ForeignAuthority]);
    }

    [Fact]
    public void Judge_NoAuthoritiesAtAll_IsForeign()
    {
        using var leaf = _authority.Issue();

        CertificateJudge.Judge(leaf, [], Authorities.None, Now).Faults.ShouldBe([HandshakeRefusal.ForeignAuthority]);
    }

    [Fact]
    public void Judge_SelfSignedLeaf_IsForeign()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=self", key, HashAlgorithmName.SHA256);
        using var leaf = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));

        Judge(leaf).Faults[0].ShouldBe(HandshakeRefusal.ForeignAuthority);
        Judge(leaf).Identity.ShouldBeNull();
    }

    public static TheoryData<string, string[]?> BadUsages => new()
    {
        { "absent", null },
        { "any", [AnyUsage] },
        { "server", [ServerUsage] },
    };

    [Theory]
    [MemberData(nameof(BadUsages))]
    public void Judge_NoClientAuthentication_IsRefused(string name, string[]? usages)
    {
        using var leaf = _authority.Issue(new LeafShape { Usages = usages });

        Judge(leaf).Faults.ShouldBe([HandshakeRefusal.NoClientAuthentication], name);
    }

    [Fact]
    public void Judge_AuthorityAsLeaf_IsRefused()
    {
        using var leaf = _authority.Issue(new LeafShape { IsAuthority = true });

        Judge(leaf).Faults.ShouldBe([HandshakeRefusal.AuthorityAsLeaf]);
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.KeyEncipherment)]
    [InlineData(null)]
    public void Judge_NoDigitalSignature_IsRefused(X509KeyUsageFlags? usage)
    {
        using var leaf = _authority.Issue(new LeafShape { KeyUsage = usage });

        Judge(leaf).Faults.ShouldBe([HandshakeRefusal.NoDigitalSignature]);
    }

    public static TheoryData<string[]> BadUris => new()
    {
        Array.Empty<string>(),
        new[] { "spiffe://shop.example/a", "spiffe://shop.example/b" },
        new[] { "spiffe://shop.example/a", "https://shop.example/a" },
        new[] { "https://shop.example/partner/a" },
        new[] { "spiffe://shop.example:8443/a" },
        new[] { "spiffe://shop.example" },
        new[] { "spiffe://Shop.example/a" },
        new[] { "spiffe://shop.example/%61" },
    };

    [Theory]
    [MemberData(nameof(BadUris))]
    public void Judge_NotOneSpiffeUri_IsRefused(string[] uris)
    {
        using var leaf = _authority.Issue(new LeafShape { Uris = uris, DnsNames = ["a.example"] });

        Judge(leaf).Faults.ShouldBe([HandshakeRefusal.NotOneSpiffeUri]);
    }

    [Fact]
    public void Judge_OutsideDates_IsRefused()
    {
        using var expired = _authority.Issue(new LeafShape { NotBefore = Now.AddDays(-2), NotAfter = Now.AddMinutes(-1) });
        using var early = _authority.Issue(new LeafShape { NotBefore = Now.AddMinutes(1), NotAfter = Now.AddDays(1) });

        Judge(expired).Faults.ShouldBe([HandshakeRefusal.OutsideDates]);
        Judge(early).Faults.ShouldBe([HandshakeRefusal.OutsideDates]);
    }

    [Fact]
    public void Judge_WeakKey_IsRefused()
    {
        using var rsa = _authority.Issue(new LeafShape { Key = () => RSA.Create(1024) });
        using var oddCurve = _authority.Issue(new LeafShape { Key = () => ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1) });

        Judge(rsa).Faults.ShouldBe([HandshakeRefusal.WeakKey]);
        Judge(oddCurve).Faults.ShouldContain(HandshakeRefusal.WeakKey);
    }

    [Fact]
    public void Judge_StrongRsa_IsAccepted()
    {
        using var leaf = _authority.Issue(new LeafShape { Key = () => RSA.Create(2048) });

        Judge(leaf).Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SHA1")]
    [InlineData("MD5")]
    public void Judge_WeakSignature_IsRefused(string hash)
    {
        using var authority = TestAuthority.Create(key: () => RSA.Create(2048));
        using var leaf = authority.Issue(new LeafShape { Hash = new HashAlgorithmName(hash) });

        CertificateJudge.Judge(leaf, [], Trust(authority), Now).Faults.ShouldContain(HandshakeRefusal.WeakSignature);
    }

    [Fact]
    public void Judge_PssSignature_CountsByItsHash()
    {
        using var authority = TestAuthority.Create(key: () => RSA.Create(2048));
        var shape = new LeafShape { Padding = RSASignaturePadding.Pss };
        using var strong = authority.Issue(shape);
        using var weak = authority.Issue(shape with { Hash = HashAlgorithmName.SHA1 });

        CertificateJudge.Judge(strong, [], Trust(authority), Now).Faults.ShouldBeEmpty();
        CertificateJudge.Judge(weak, [], Trust(authority), Now).Faults.ShouldContain(HandshakeRefusal.WeakSignature);
    }

    [Fact]
    public void Judge_Intermediate_CountsWhenSentAlongAndStrong()
    {
        using var good = _authority.Intermediate("Good");
        using var weak = _authority.Intermediate("Weak", () => RSA.Create(1024));
        using var leaf = good.Issue();
        using var leafOfWeak = weak.Issue(new LeafShape { Key = () => RSA.Create(2048) });

        CertificateJudge.Judge(leaf, [good.Certificate], _trusted, Now).Faults.ShouldBeEmpty();
        CertificateJudge.Judge(leaf, [], _trusted, Now).Faults.ShouldBe([HandshakeRefusal.ForeignAuthority]);
        CertificateJudge.Judge(leafOfWeak, [weak.Certificate], _trusted, Now).Faults.ShouldContain(HandshakeRefusal.WeakKey);
    }

    [Fact]
    public void Judge_RootSharedByTwoAuthorities_GivesBoth()
    {
        using var leaf = _authority.Issue();
        var both = new Authorities([new Authority("partners", [_authority.Certificate]), new Authority("carriers", [_authority.Certificate])]);

        CertificateJudge.Judge(leaf, [], both, Now).Identity!.Authorities.ShouldBe(["partners", "carriers"], ignoreOrder: true);
    }

    [Fact]
    public void Judge_SameNameOtherRoot_IsNotTrusted()
    {
        using var twin = TestAuthority.Create("Test CA");
        using var leaf = twin.Issue();

        Judge(leaf).Identity.ShouldBeNull();
    }

    [Fact]
    public void Judge_SeveralFaults_TellsEach()
    {
        using var leaf = _authority.Issue(new LeafShape { Usages = null, Uris = [], NotBefore = Now.AddDays(-2), NotAfter = Now.AddDays(-1) });

        Judge(leaf).Faults.ShouldBe(
            [HandshakeRefusal.NoClientAuthentication, HandshakeRefusal.NotOneSpiffeUri, HandshakeRefusal.OutsideDates]);
    }

    [Fact]
    public void Refusals_EachReason_HasARow() => HandshakeRefusals.Known.ShouldBe(Enum.GetValues<HandshakeRefusal>(), ignoreOrder: true);

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static Authorities Trust(TestAuthority authority) => new([new Authority("partners", [authority.Certificate])]);

    private CertificateJudgement Judge(X509Certificate2? leaf) => CertificateJudge.Judge(leaf, [], _trusted, Now);
}
