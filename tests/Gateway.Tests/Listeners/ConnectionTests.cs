using System.Security.Cryptography.X509Certificates;
using Gateway.Core.Identity;
using Gateway.Core.Tests.Identity;
using Gateway.Listeners;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Listeners;

/// <summary>What happens to connections while they are open.</summary>
public sealed class ConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Registry_OpenConnections_AreCountedWithTheirKeys()
    {
        await using var listeners = await TestListeners.StartAsync();
        using var one = listeners.Partners.Issue();
        using var two = listeners.Partners.Issue();
        using var first = listeners.Client(one);
        using (var second = listeners.Client(two))
        {
            await first.GetStringAsync("/", Token);
            await second.GetStringAsync("/", Token);
            listeners.Registry.Of(Northgate).Length.ShouldBe(2);
        }

        await TestListeners.EventuallyAsync(() => listeners.Registry.Of(Northgate).Length, n => n == 1);
        listeners.Registry.KeysOf(Northgate).Select(k => k.Key).ShouldBe([SpkiHash.Of(one), SpkiHash.Of(two)], ignoreOrder: true);
    }

    [Fact]
    public async Task Cut_RunningStreams_End()
    {
        await using var listeners = await TestListeners.StartAsync();
        using var leaf = listeners.Partners.Issue();
        using var client = listeners.Client(leaf);
        using var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        await body.ReadExactlyAsync(new byte[4], Token);

        listeners.Registry.Cut(Northgate, "a test").ShouldBe(1);

        await Should.ThrowAsync<IOException>(() => body.CopyToAsync(Stream.Null, Token));
        await TestListeners.EventuallyAsync(() => listeners.Registry.Open.Length, n => n == 0);
    }

    [Fact]
    public async Task CutKey_OtherKeyOfTheSamePartner_GoesOn()
    {
        await using var listeners = await TestListeners.StartAsync();
        using var stolen = listeners.Partners.Issue();
        using var kept = listeners.Partners.Issue();
        using var thief = listeners.Client(stolen);
        using var partner = listeners.Client(kept);
        await thief.GetStringAsync("/", Token);
        await partner.GetStringAsync("/", Token);

        listeners.Registry.CutKey(SpkiHash.Of(stolen), "a test").ShouldBe(1);

        await TestListeners.EventuallyAsync(() => listeners.Registry.Of(Northgate).Length, n => n == 1);
        listeners.Registry.Of(Northgate)[0].Peer.Identity.Key.ShouldBe(SpkiHash.Of(kept));
    }

    [Fact]
    public async Task Connect_BeyondTheLimitOfAPeer_IsRefused()
    {
        await using var listeners = await TestListeners.StartAsync(limits: new ListenerLimits { PerPeer = 1 });
        using var leaf = listeners.Partners.Issue();
        using var first = listeners.Client(leaf);
        using var second = listeners.Client(leaf);
        await first.GetStringAsync("/", Token);

        await Should.ThrowAsync<HttpRequestException>(() => second.GetStringAsync("/", Token));
        (await listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.TooManyConnections);
        await first.GetStringAsync("/", Token);
    }

    [Fact]
    public async Task Connect_SilentPeer_IsRefusedAfterTheTimeout()
    {
        await using var listeners = await TestListeners.StartAsync(limits: new ListenerLimits { Handshake = TimeSpan.FromMilliseconds(200) });
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, listeners.PartnersPort, Token);

        (await listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.Timeout);
    }

    [Fact]
    public async Task Connect_PartnersAtTheirLimit_StaffStillGetIn()
    {
        await using var listeners = await TestListeners.StartAsync(limits: new ListenerLimits { Partners = 1 });
        using var leaf = listeners.Partners.Issue();
        using var analyst = listeners.Staff.Issue(new LeafShape { Uris = [TestListeners.Analyst] });
        using var first = listeners.Client(leaf);
        using var second = listeners.Client(leaf);
        using var staff = listeners.Client(analyst, listeners.StaffPort);
        await first.GetStringAsync("/", Token);

        await Should.ThrowAsync<HttpRequestException>(() => second.GetStringAsync("/", Token));
        (await staff.GetStringAsync("/", Token)).ShouldBe($"Staff {TestListeners.Analyst}");
    }

    [Fact]
    public async Task Age_Reached_AsksToCloseAndTheNextCallReconnects()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var listeners = await TestListeners.StartAsync(clock);
        using var leaf = LongLived(listeners);
        using var client = listeners.Client(leaf);
        await client.GetStringAsync("/", Token);
        var old = listeners.Registry.Open.Single();

        clock.Advance(TimeSpan.FromMinutes(67));

        await TestListeners.EventuallyAsync(() => listeners.Registry.Open.Length, n => n == 0);
        (await client.GetStringAsync("/", Token)).ShouldBe($"Partners {TestListeners.Northgate}");
        listeners.Registry.Open.Single().ShouldNotBeSameAs(old);
    }

    [Fact]
    public async Task Age_AndGraceOver_CutsAStream()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var listeners = await TestListeners.StartAsync(clock);
        using var leaf = LongLived(listeners);
        using var client = listeners.Client(leaf);
        using var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);

        clock.Advance(TimeSpan.FromMinutes(67));

        await Should.ThrowAsync<IOException>(() => body.CopyToAsync(Stream.Null, Token));
    }

    [Fact]
    public async Task Certificate_ExpiresWhileOpen_ConnectionIsCut()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var listeners = await TestListeners.StartAsync(clock, new ListenerLimits { MaximumAge = TimeSpan.FromDays(2) });
        using var leaf = listeners.Partners.Issue();
        using var client = listeners.Client(leaf);
        using var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);

        clock.Advance(TimeSpan.FromHours(2));

        await Should.ThrowAsync<IOException>(() => body.CopyToAsync(Stream.Null, Token));
        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
        (await listeners.RefusalAsync()).Reason.ShouldBe(HandshakeRefusal.OutsideDates);
    }

    [Fact]
    public async Task Reload_ServerCertificate_NewConnectionsSeeItAndNoCallFails()
    {
        await using var listeners = await TestListeners.StartAsync();
        using var leaf = listeners.Partners.Issue();
        using var client = listeners.Client(leaf);
        using var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead, Token);
        await using var body = await response.Content.ReadAsStreamAsync(Token);
        var holder = listeners.Services.GetRequiredService<TlsMaterialHolder>();

        using var next = TestListeners.WriteServer(listeners.Folder, listeners.Server);
        await TestListeners.EventuallyAsync(() => holder.Current.Server.Certificate.Thumbprint, t => t == next.Thumbprint);

        using var later = listeners.Client(leaf);
        (await later.GetStringAsync("/", Token)).ShouldStartWith("Partners");
        await body.ReadExactlyAsync(new byte[4], Token);
        listeners.Refused.Last.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("server.pem")]
    [InlineData("partners-ca.pem")]
    public async Task Reload_BrokenFile_LastGoodStaysAndItIsTold(string file)
    {
        await using var listeners = await TestListeners.StartAsync();
        using var leaf = listeners.Partners.Issue();
        using var client = listeners.Client(leaf);
        var folder = listeners.Services.GetRequiredService<CertificateFolder>();
        var before = folder.Problems.Count;

        File.WriteAllText(Path.Combine(listeners.Folder.FullName, file), "broken");
        await TestListeners.EventuallyAsync(() => folder.Problems.Count, n => n == before + 1);

        (await client.GetStringAsync("/", Token)).ShouldStartWith("Partners");
        await TestListeners.EventuallyAsync(
            () => listeners.Services.GetFakeLogCollector().GetSnapshot(),
            log => log.Any(r => r.Id.Name == "CertificatesBroken" && r.Message.Contains(file, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Reload_RootWithdrawn_ItsConnectionsAreCut()
    {
        await using var listeners = await TestListeners.StartAsync();
        using var leaf = listeners.Partners.Issue();
        using var client = listeners.Client(leaf);
        await client.GetStringAsync("/", Token);
        using var other = TestAuthority.Create("Other");

        File.WriteAllText(Path.Combine(listeners.Folder.FullName, "partners-ca.pem"), other.Certificate.ExportCertificatePem());

        await TestListeners.EventuallyAsync(() => listeners.Registry.Open.Length, n => n == 0);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
    }

    [Fact]
    public async Task Start_AuthorityOfOnePartnerMissing_OthersAreServedAndItIsTold()
    {
        await using var listeners = await TestListeners.StartAsync();
        using var leaf = listeners.Partners.Issue();
        using var client = listeners.Client(leaf);

        (await client.GetStringAsync("/", Token)).ShouldStartWith("Partners");
        listeners.Services.GetRequiredService<CertificateFolder>().Problems.Single().ShouldContain("absent-ca.pem");
    }

    [Fact]
    public async Task Refusals_ManyInASecond_AreCountedButNotAllLogged()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var listeners = await TestListeners.StartAsync(clock);
        for (var i = 0; i < RefusedHandshakes.Kept + 20; i++)
        {
            listeners.Refused.Add(ListenerKind.Partners, HandshakeRefusal.ForeignAuthority, new(System.Net.IPAddress.Loopback, i), null, null);
        }

        clock.Advance(TimeSpan.FromSeconds(1));
        listeners.Refused.Add(ListenerKind.Partners, HandshakeRefusal.Timeout, new(System.Net.IPAddress.Loopback, 1), null, null);

        listeners.Refused.Last.Length.ShouldBe(RefusedHandshakes.Kept);
        var log = listeners.Services.GetFakeLogCollector().GetSnapshot();
        log.Count(r => r.Id.Name == "HandshakeRefused").ShouldBe(RefusedHandshakes.LogPerSecond + 1);
        log.Single(r => r.Id.Name == "HandshakesRefusedSuppressed").Message.ShouldStartWith("110 ");
    }

    private static SpiffeId Northgate => SpiffeId.TryParse(TestListeners.Northgate, out var id) ? id : default;

    private static X509Certificate2 LongLived(TestListeners listeners) =>
        listeners.Partners.Issue(new LeafShape { NotAfter = TimeProvider.System.GetUtcNow().AddDays(30) });
}
