using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Gateway.Core.Tests.Identity;
using Gateway.Listeners;

namespace Gateway.Tests.Listeners;

/// <summary>The certificate matrix over real Kestrel and real TLS.</summary>
public sealed class HandshakeTests : IAsyncLifetime
{
    private TestListeners _listeners = null!;

    public async ValueTask InitializeAsync() => _listeners = await TestListeners.StartAsync();

    public ValueTask DisposeAsync() => _listeners.DisposeAsync();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Connect_GoodCertificate_IdentityIsAConnectionFeature()
    {
        using var leaf = _listeners.Partners.Issue();
        using var client = _listeners.Client(leaf);

        (await client.GetStringAsync("/", Token)).ShouldBe($"Partners {TestListeners.Northgate}");
        _listeners.Refused.Last.ShouldBeEmpty();
    }

    [Fact]
    public async Task Connect_WithIntermediate_IsAccepted()
    {
        using var intermediate = _listeners.Partners.Intermediate("Middle");
        using var leaf = intermediate.Issue();
        using var client = _listeners.Client(leaf, null, intermediate.Certificate);

        (await client.GetStringAsync("/", Token)).ShouldBe($"Partners {TestListeners.Northgate}");
    }

    [Fact]
    public async Task Connect_NoCertificate_IsRefused()
    {
        using var client = _listeners.Client(null);

        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
        (await _listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.NoCertificate);
    }

    [Fact]
    public async Task Connect_StaffCertificateOnPartners_IsForeign()
    {
        using var leaf = _listeners.Staff.Issue(new LeafShape { Uris = [TestListeners.Analyst] });

        await ShouldRefuse(leaf, HandshakeRefusal.ForeignAuthority);
    }

    [Fact]
    public async Task Connect_PartnerCertificateOnStaff_IsForeign()
    {
        using var leaf = _listeners.Partners.Issue();
        using var client = _listeners.Client(leaf, _listeners.StaffPort);

        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
        var refused = await _listeners.RefusalAsync();
        (refused.Reason, refused.Listener, refused.Partner).ShouldBe((HandshakeRefusal.ForeignAuthority, ListenerKind.Staff, "northgate-warehouse"));
        refused.Key.ShouldBe(SpkiHash.Of(leaf));
    }

    public static TheoryData<string, HandshakeRefusal> Leaves => new()
    {
        { "foreign", HandshakeRefusal.ForeignAuthority },
        { "no eku", HandshakeRefusal.NoClientAuthentication },
        { "any eku", HandshakeRefusal.NoClientAuthentication },
        { "server eku", HandshakeRefusal.NoClientAuthentication },
        { "ca", HandshakeRefusal.AuthorityAsLeaf },
        { "no key usage", HandshakeRefusal.NoDigitalSignature },
        { "no uri", HandshakeRefusal.NotOneSpiffeUri },
        { "two uris", HandshakeRefusal.NotOneSpiffeUri },
        { "http uri", HandshakeRefusal.NotOneSpiffeUri },
        { "port in uri", HandshakeRefusal.NotOneSpiffeUri },
        { "upper case trust domain", HandshakeRefusal.NotOneSpiffeUri },
        { "expired", HandshakeRefusal.OutsideDates },
        { "not yet valid", HandshakeRefusal.OutsideDates },
    };

    [Theory]
    [MemberData(nameof(Leaves))]
    public async Task Connect_BadLeaf_IsRefusedForItsReason(string name, HandshakeRefusal reason)
    {
        using var stranger = TestAuthority.Create();
        var now = TimeProvider.System.GetUtcNow();
        using var leaf = name switch
        {
            "foreign" => stranger.Issue(),
            "no eku" => _listeners.Partners.Issue(new LeafShape { Usages = null }),
            "any eku" => _listeners.Partners.Issue(new LeafShape { Usages = ["2.5.29.37.0"] }),
            "server eku" => _listeners.Partners.Issue(new LeafShape { Usages = ["1.3.6.1.5.5.7.3.1"] }),
            "ca" => _listeners.Partners.Issue(new LeafShape { IsAuthority = true }),
            "no key usage" => _listeners.Partners.Issue(new LeafShape { KeyUsage = null }),
            "no uri" => _listeners.Partners.Issue(new LeafShape { Uris = [] }),
            "two uris" => _listeners.Partners.Issue(new LeafShape { Uris = [TestListeners.Northgate, TestListeners.Northgate + "2"] }),
            "http uri" => _listeners.Partners.Issue(new LeafShape { Uris = ["https://shop.example/partner/northgate-warehouse"] }),
            "port in uri" => _listeners.Partners.Issue(new LeafShape { Uris = ["spiffe://shop.example:1/partner/a"] }),
            "upper case trust domain" => _listeners.Partners.Issue(new LeafShape { Uris = ["spiffe://Shop.example/partner/a"] }),
            "expired" => _listeners.Partners.Issue(new LeafShape { NotBefore = now.AddDays(-2), NotAfter = now.AddMinutes(-1) }),
            _ => _listeners.Partners.Issue(new LeafShape { NotBefore = now.AddHours(1), NotAfter = now.AddHours(2) }),
        };

        await ShouldRefuse(leaf, reason);
    }

    [Fact]
    public async Task Connect_Sha1Signature_IsRefused()
    {
        OpenSsl.SkipWhereAbsent();
        using var authority = TestAuthority.Create("RSA CA", () => RSA.Create(2048));
        File.WriteAllText(Path.Combine(_listeners.Folder.FullName, "partners-ca.pem"), authority.Certificate.ExportCertificatePem());
        await TestListeners.EventuallyAsync(() => Trusts(authority), trusted => trusted);
        using var leaf = authority.Issue(new LeafShape { Hash = HashAlgorithmName.SHA1 });

        await OpenSsl.ConnectAsync(_listeners.Folder, _listeners.PartnersPort, leaf, Token);

        (await _listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.WeakSignature);
    }

    [Fact]
    public async Task Connect_WeakKey_IsRefused()
    {
        OpenSsl.SkipWhereAbsent();
        using var leaf = _listeners.Partners.Issue(new LeafShape { Key = () => RSA.Create(1024) });

        await OpenSsl.ConnectAsync(_listeners.Folder, _listeners.PartnersPort, leaf, Token);

        (await _listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.WeakKey);
    }

    [Fact]
    public async Task Connect_StrangersIssuerUrl_IsNeverFetched()
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        using var stranger = TestAuthority.Create();
        using var unsent = stranger.Intermediate("Unsent");
        using var leaf = unsent.Issue(new LeafShape { IssuersUrl = $"http://127.0.0.1:{((IPEndPoint)trap.LocalEndpoint).Port}/ca.cer" });

        await ShouldRefuse(leaf, HandshakeRefusal.ForeignAuthority);
        trap.Pending().ShouldBeFalse();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Connect_Twice_NoSessionIsResumed(SslProtocols version)
    {
        using var leaf = _listeners.Partners.Issue();
        var options = RawOptions(leaf, version);

        // A resumed session would come without the judge's verdict and be refused for it; trust withdrawn in between must count.
        (await RawAsync(options)).ShouldBeTrue();
        (await RawAsync(options)).ShouldBeTrue();
        using var other = TestAuthority.Create();
        File.WriteAllText(Path.Combine(_listeners.Folder.FullName, "partners-ca.pem"), other.Certificate.ExportCertificatePem());
        await TestListeners.EventuallyAsync(() => Trusts(other), trusted => trusted);

        (await RawAsync(options)).ShouldBeFalse();
        (await _listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.ForeignAuthority);
    }

    [Fact]
    public async Task Connect_OldTls_IsRefused()
    {
        OpenSsl.SkipWhereAbsent();
        using var leaf = _listeners.Partners.Issue();

        var output = await OpenSsl.ConnectAsync(_listeners.Folder, _listeners.PartnersPort, leaf, Token, "-tls1_1");

        output.ShouldContain("no peer certificate available");
        (await _listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.ProtocolTooOld);
    }

    [Fact]
    public async Task Connect_Tls12_GivesNoSessionToResume()
    {
        OpenSsl.SkipWhereAbsent();
        using var leaf = _listeners.Partners.Issue();
        var session = Path.Combine(_listeners.Folder.FullName, "session");

        var first = await OpenSsl.ConnectAsync(_listeners.Folder, _listeners.PartnersPort, leaf, Token, "-tls1_2", "-sess_out", session);

        first.ShouldContain("New, TLSv1.2");
        first.ShouldNotContain("TLS session ticket:");
        File.Exists(session).ShouldBeFalse();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_NoHttp2Negotiated_IsRefused(bool offersHttp1)
    {
        using var leaf = _listeners.Partners.Issue();
        var options = RawOptions(leaf, SslProtocols.Tls13);
        options.ApplicationProtocols = offersHttp1 ? [SslApplicationProtocol.Http11] : null;

        (await RawAsync(options)).ShouldBeFalse();
        (await _listeners.RefusalAsync()).Reason
            .ShouldBe(offersHttp1 ? HandshakeRefusal.HandshakeFailed : HandshakeRefusal.WrongApplicationProtocol);
    }

    [Fact]
    public async Task Connect_PlainText_IsRefused()
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _listeners.PartnersPort, Token);
        await socket.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray(), Token);

        (await _listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.HandshakeFailed);
    }

    [Fact]
    public async Task Connect_ForgedHost_ReachesNoOtherListener()
    {
        using var leaf = _listeners.Partners.Issue();
        using var client = _listeners.Client(leaf);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Host = $"localhost:{_listeners.LocalPort}";

        using var response = await client.SendAsync(request, Token);

        (await response.Content.ReadAsStringAsync(Token)).ShouldStartWith("Partners ");
    }

    [Fact]
    public async Task Connect_LocalListener_IsPlainAndKnowsNobody()
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_listeners.LocalPort}") };

        (await client.GetStringAsync("/", Token)).ShouldBe("Local ");
    }

    private bool Trusts(TestAuthority authority) =>
        ((TlsMaterialHolder)_listeners.Services.GetService(typeof(TlsMaterialHolder))!).Current.Partners.Of(Authorities.RootHash(authority.Certificate)).Count > 0;

    private async Task ShouldRefuse(X509Certificate2 leaf, HandshakeRefusal reason)
    {
        using var client = _listeners.Client(leaf);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
        (await _listeners.RefusalAsync()).Reason.ShouldBe(reason);
    }

    private static SslClientAuthenticationOptions RawOptions(X509Certificate2 leaf, SslProtocols version) => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = version,
        ApplicationProtocols = [SslApplicationProtocol.Http2],
        ClientCertificateContext = SslStreamCertificateContext.Create(leaf, null, offline: true),
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };

    /// <summary>Opens a connection and says whether the server goes on with it: whether its HTTP/2 SETTINGS arrive.</summary>
    private async Task<bool> RawAsync(SslClientAuthenticationOptions options)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _listeners.PartnersPort, Token);
        await using var tls = new SslStream(socket.GetStream());
        try
        {
            await tls.AuthenticateAsClientAsync(options, Token);
            await tls.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x4\0\0\0\0\0"u8.ToArray(), Token);
            var frame = new byte[9];
            await tls.ReadExactlyAsync(frame, Token);
            return frame[3] == 4;
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            return false;
        }
    }
}
