using System.Collections.Immutable;
using Gateway.Core.Annotations;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Identity;
using Gateway.Core.Log;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Tests.Contracts;
using Gateway.Core.Tests.Identity;
using Gateway.Listeners;
using Gateway.Protos.Admin.V1;
using Gateway.Tests.Listeners;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using AdminService = Gateway.Protos.Admin.V1.AdminService;

namespace Gateway.Tests.Admin;

/// <summary>The admin service over real TLS on the staff listener, with the real store of the standing.</summary>
public sealed class AdminServiceTests : IAsyncLifetime
{
    private const string Northgate = "northgate-warehouse";

    private readonly TestLog _log = new();
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("gateway-admin-");
    private TestListeners _listeners = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string StandingFile => Path.Combine(_data.FullName, "standing.db");

    private StandingHolder Holder => _listeners.Services.GetRequiredService<StandingHolder>();

    public async ValueTask InitializeAsync() => _listeners = await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _listeners.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task Suspend_RunningStreams_EndAndTheActIsRecordedAndLasts()
    {
        using var leaf = _listeners.Partners.Issue();
        var clients = Enumerable.Range(0, 20).Select(_ => _listeners.Client(leaf)).ToList();
        var streams = new List<Stream>();
        foreach (var client in clients)
        {
            var response = await client.GetAsync("/stream", HttpCompletionOption.ResponseHeadersRead, Token);
            streams.Add(await response.Content.ReadAsStreamAsync(Token));
            await streams[^1].ReadExactlyAsync(new byte[2], Token);
        }

        using var staff = Staff("security-analyst");
        var change = (await Admin(staff).SuspendPartnerAsync(new SuspendPartnerRequest { Id = Northgate, Reason = "key stolen" }, cancellationToken: Token)).Change;

        (change.Changed, change.Kept, change.ConnectionsCut).ShouldBe((true, true, 20));
        foreach (var stream in streams)
        {
            await Should.ThrowAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Token));
        }

        Holder.Current.SuspendedPartners.Contains(Northgate).ShouldBeTrue();
        var act = _log.Entries.Single().Administration;
        (act.Actor, act.Action, act.Target, act.Reason).ShouldBe(("security-analyst", "partner.suspend", Northgate, "key stolen"));
        var shown = await Admin(staff).GetPartnerAsync(new GetPartnerRequest { Id = Northgate }, cancellationToken: Token);
        (shown.Partner.Suspension.By, shown.Partner.Suspension.Reason).ShouldBe(("security-analyst", "key stolen"));
        shown.Keys.Single().Key_.ShouldBe(SpkiHash.Of(leaf).Text);
        clients.ForEach(c => c.Dispose());

        await _listeners.DisposeAsync();
        _listeners = await StartAsync();
        Holder.Current.SuspendedPartners.Contains(Northgate).ShouldBeTrue();
    }

    [Fact]
    public async Task Resume_AfterSuspension_OpensAgainAndIsRecorded()
    {
        using var staff = Staff("operator");
        await Admin(staff).SuspendPartnerAsync(new SuspendPartnerRequest { Id = Northgate, Reason = "a" }, cancellationToken: Token);

        await Admin(staff).ResumePartnerAsync(new ResumePartnerRequest { Id = Northgate, Reason = "b" }, cancellationToken: Token);

        Holder.Current.SuspendedPartners.ShouldBeEmpty();
        _log.Entries.Select(e => e.Administration.Action).ShouldBe(["partner.suspend", "partner.resume"]);
    }

    [Fact]
    public async Task RevokeKey_ItsConnectionIsCut_TheOtherKeyGoesOn()
    {
        using var stolen = _listeners.Partners.Issue();
        using var kept = _listeners.Partners.Issue();
        using var thief = _listeners.Client(stolen);
        using var partner = _listeners.Client(kept);
        await thief.GetStringAsync("/", Token);
        await partner.GetStringAsync("/", Token);
        using var staff = Staff("security-analyst");

        var change = (await Admin(staff).RevokeKeyAsync(new RevokeKeyRequest { Key = SpkiHash.Of(stolen).Text, Reason = "stolen" }, cancellationToken: Token)).Change;

        change.ConnectionsCut.ShouldBe(1);
        Holder.Current.RevokedKeys.ShouldBe([SpkiHash.Of(stolen)]);
        (await partner.GetStringAsync("/", Token)).ShouldStartWith("Partners");
    }

    [Theory]
    [InlineData("privacy-officer", StatusCode.PermissionDenied)]
    [InlineData("stranger", StatusCode.Unauthenticated)]
    public async Task Suspend_WithoutThePermission_IsRefused(string person, StatusCode status)
    {
        using var staff = Staff(person);

        (await Should.ThrowAsync<RpcException>(async () => await Admin(staff).SuspendPartnerAsync(
            new SuspendPartnerRequest { Id = Northgate, Reason = "x" }, cancellationToken: Token))).StatusCode.ShouldBe(status);
        Holder.Current.SuspendedPartners.ShouldBeEmpty();
        _log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task AnyCall_OnThePartnerListener_IsNobodyOfStaff()
    {
        using var leaf = _listeners.Partners.Issue(new LeafShape { Uris = [TestListeners.Analyst] });
        using var client = _listeners.Client(leaf);

        (await Should.ThrowAsync<RpcException>(async () => await Admin(client).ListPartnersAsync(new ListPartnersRequest(), cancellationToken: Token)))
            .StatusCode.ShouldBe(StatusCode.Unauthenticated);
    }

    [Fact]
    public async Task AnyCall_WithARevokedStaffKey_IsRefused()
    {
        using var staff = Staff("security-analyst", out var key);
        using var other = Staff("operator");
        await Admin(other).RevokeKeyAsync(new RevokeKeyRequest { Key = key.Text, Reason = "laptop lost" }, cancellationToken: Token);

        (await Should.ThrowAsync<RpcException>(async () => await Admin(staff).ListPartnersAsync(new ListPartnersRequest(), cancellationToken: Token)))
            .StatusCode.ShouldBe(StatusCode.Unauthenticated);
        await Admin(other).ListPartnersAsync(new ListPartnersRequest(), cancellationToken: Token);
    }

    [Theory]
    [InlineData("nobody", "x", StatusCode.NotFound)]
    [InlineData(Northgate, "", StatusCode.InvalidArgument)]
    [InlineData(Northgate, "two\nlines", StatusCode.InvalidArgument)]
    public async Task Suspend_BadRequest_IsRefused(string id, string reason, StatusCode status)
    {
        using var staff = Staff("security-analyst");

        (await Should.ThrowAsync<RpcException>(async () => await Admin(staff).SuspendPartnerAsync(
            new SuspendPartnerRequest { Id = id, Reason = reason }, cancellationToken: Token))).StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task Suspend_LogUnavailable_TakesEffectAllTheSame()
    {
        _log.IsBroken = true;
        using var staff = Staff("security-analyst");

        var change = (await Admin(staff).SuspendPartnerAsync(new SuspendPartnerRequest { Id = Northgate, Reason = "x" }, cancellationToken: Token)).Change;

        (change.Changed, change.Receipt).ShouldBe((true, ""));
        Holder.Current.SuspendedPartners.Contains(Northgate).ShouldBeTrue();
        Logged("ProtectionNotRecorded").ShouldBeTrue();
    }

    [Fact]
    public async Task Resume_LogUnavailable_StaysSuspended()
    {
        using var staff = Staff("security-analyst");
        await Admin(staff).SuspendPartnerAsync(new SuspendPartnerRequest { Id = Northgate, Reason = "x" }, cancellationToken: Token);
        _log.IsBroken = true;

        (await Should.ThrowAsync<RpcException>(async () => await Admin(staff).ResumePartnerAsync(
            new ResumePartnerRequest { Id = Northgate, Reason = "x" }, cancellationToken: Token))).StatusCode.ShouldBe(StatusCode.Unavailable);
        Holder.Current.SuspendedPartners.Contains(Northgate).ShouldBeTrue();
    }

    [Fact]
    public async Task Suspend_StoreBroken_TakesEffectAndSaysThatItWillNotLast()
    {
        await _listeners.DisposeAsync();
        _listeners = await StartAsync(services => services.AddSingleton<IStandingStore, BrokenStore>());
        using var staff = Staff("security-analyst");

        var change = (await Admin(staff).SuspendPartnerAsync(new SuspendPartnerRequest { Id = Northgate, Reason = "x" }, cancellationToken: Token)).Change;

        (change.Changed, change.Kept).ShouldBe((true, false));
        Holder.Current.SuspendedPartners.Contains(Northgate).ShouldBeTrue();
        Logged("ProtectionNotKept").ShouldBeTrue();
    }

    [Fact]
    public async Task SuspendAutomatically_Tripped_SuspendsAndRaisesAnAlarm()
    {
        var keeper = _listeners.Services.GetRequiredService<StandingKeeper>();

        (await keeper.SuspendAutomaticallyAsync(Northgate, SuspendOn.SubjectQuota)).Changed.ShouldBeTrue();
        (await keeper.SuspendAutomaticallyAsync(Northgate, SuspendOn.Enumeration)).Changed.ShouldBeFalse();

        Holder.Current.SuspendedPartners.Contains(Northgate).ShouldBeTrue();
        var act = _log.Entries.Single().Administration;
        (act.Actor, act.Reason).ShouldBe(("gateway", "suspend_on: subject_quota"));
        Logged("PartnerSelfSuspended").ShouldBeTrue();
    }

    [Fact]
    public async Task ListRefusedHandshakes_AfterOne_TellsReasonAndAdvice()
    {
        using var stranger = TestAuthority.Create();
        using var leaf = stranger.Issue();
        using var client = _listeners.Client(leaf);
        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync("/", Token));
        await _listeners.RefusalAsync();
        using var staff = Staff("operator");

        var refused = (await Admin(staff).ListRefusedHandshakesAsync(new ListRefusedHandshakesRequest(), cancellationToken: Token)).RefusedHandshakes.Single();

        (refused.Reason, refused.Listener, refused.ClaimedPartner).ShouldBe(("FOREIGN_AUTHORITY", "partners", Northgate));
        refused.Advice.ShouldNotBeEmpty();
        (await Admin(staff).ListPartnersAsync(new ListPartnersRequest(), cancellationToken: Token)).Partners.Select(p => p.Id).ShouldBe(["ghost", Northgate]);
    }

    private Task<TestListeners> StartAsync(Action<IServiceCollection>? more = null)
    {
        var plan = new Planner(Catalogue.Compile(), new NoSource(), new AllPreferences(new NoPreferences(), new NoPreferences()), (_, _) => throw new NotSupportedException(), TimeProvider.System).Prepare(TestListeners.TestSnapshot());
        return TestListeners.StartAsync(
            configure: services =>
            {
                services.AddStanding(StandingFile).AddStaff();
                services.AddGrpc();
                services.AddSingleton<IDisclosureLog>(_log);
                services.AddSingleton<AdministrationLog>();
                services.AddSingleton(p => new PlanHolder(plan, p.GetRequiredService<SnapshotHolder>()));
                services.AddSingleton(new StaffHolder(new StaffDirectory([
                    Member("security-analyst", StaffRole.Security), Member("privacy-officer", StaffRole.Privacy), Member("operator", StaffRole.Operations)])));
                more?.Invoke(services);
            },
            map: app => app.MapGrpcService<Gateway.Services.AdminService>());
    }

    private static StaffMember Member(string id, StaffRole role)
    {
        SpiffeId.TryParse("spiffe://shop.example/staff/" + id, out var uri).ShouldBeTrue();
        return new StaffMember(id, id, uri, [role], StaffRoles.Allow([role]));
    }

    private HttpClient Staff(string id) => Staff(id, out _);

    private HttpClient Staff(string id, out SpkiHash key)
    {
        var leaf = _listeners.Staff.Issue(new LeafShape { Uris = ["spiffe://shop.example/staff/" + id] });
        key = SpkiHash.Of(leaf);
        return _listeners.Client(leaf, _listeners.StaffPort);
    }

    private static AdminService.AdminServiceClient Admin(HttpClient client) =>
        new(GrpcChannel.ForAddress(client.BaseAddress!, new GrpcChannelOptions { HttpClient = client }));

    private bool Logged(string name) => _listeners.Services.GetFakeLogCollector().GetSnapshot().Any(r => r.Id.Name == name);

    private sealed class NoSource : IRecordSource
    {
        public IGrantReader Prepare(Grant grant) => throw new NotSupportedException();

        public ISubjectReader PrepareForSubject(Core.Annotations.RecordType record, Core.Minimisation.FieldSet fields) => throw new NotSupportedException();
    }

    private sealed class BrokenStore : IStandingStore
    {
        public ImmutableArray<StandingEntry> Load() => [];

        public void Put(StandingEntry entry) => throw new StandingUnavailableException("broken by the test");

        public void Remove(StandingKind kind, string target) => throw new StandingUnavailableException("broken by the test");
    }
}
