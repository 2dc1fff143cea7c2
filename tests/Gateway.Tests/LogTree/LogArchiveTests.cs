using System.Net;
using System.Text.Json.Nodes;
using Gateway.Commands;
using Gateway.Configuration;
using Gateway.Core.Log;
using Gateway.Core.Log.Notes;
using Gateway.Core.Log.Tree;
using Gateway.Core.Log.Verification;
using Gateway.Hosting;
using Gateway.Protos.Admin.V1;
using Gateway.Protos.Log.V1;
using Gateway.Stores.Sqlite.Log;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.LogTree;

/// <summary><c>gateway log archive</c>: old entries go, once a whole copy was read back, and the evidence stays.</summary>
public sealed class LogArchiveTests : IDisposable
{
    private const string Future = "2100-01-01";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-archive-");
    private readonly GatewaySettings _settings = RunningGateway.Prepare();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_folder.FullName, "archive");

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    public async Task Archive_ThenPrune_KeepsEveryProof()
    {
        string[] key = ["--key", _settings.Data.LogVerifierKeys];
        var (old, proof, again) = ("", Path.Combine(_folder.FullName, "old.tlog-proof"), Path.Combine(_folder.FullName, "again.tlog-proof"));
        await using (var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System))
        {
            await FillAsync(gateway, 700);
            old = await LogVerb.ReceiptAsync(gateway, 10);
            (await LogVerb.RunAsync(["prove", old, "--out", proof, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);

            (await LogVerb.RunAsync(["archive", "--before", Future, Archive, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);

            var log = gateway.Services.GetRequiredService<SqliteDisclosureLog>();
            log.MinimumIndex.ShouldBe(512);
            await PartnerAsks.EventuallyAsync(async () => (await ReadAsync(gateway, 0)).Index == 512);
            (await LogVerb.RunAsync(["verify", .. key, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);
            (await LogVerb.RunAsync(["prove", old, "--out", again, .. Staff(gateway)])).ShouldBe(ExitCode.CheckFailed);
            (await LogVerb.RunAsync(["archive", "--before", Future, Archive, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);
            var act = await QueryAsync(gateway, new EntryFilter { Action = LogGap.Archive });
            act.Entries.ShouldHaveSingleItem();
            act.SearchedFrom.ShouldBe(512);
        }

        (await LogVerb.RunAsync(["verify-proof", proof, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify", "--tiles", Archive, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["prove", old, "--out", again, "--tiles", Archive, .. key])).ShouldBe(ExitCode.Ok);
        (await LogVerb.RunAsync(["verify-proof", again, .. key])).ShouldBe(ExitCode.Ok);

        // The next start holds the log to what was signed, with its front gone.
        await using var next = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var channel = next.As("northgate-warehouse");
        (await channel.GetShipment(ShopViews.OpenOrders(_settings, 1)[0])).Receipt.ShouldNotBeNull();
        (await LogVerb.RunAsync(["verify", .. key, .. Staff(next)])).ShouldBe(ExitCode.Ok);
    }

    [Fact]
    [Row("archive not whole")]
    public async Task Archive_ThatIsNotWhole_PrunesNothing()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        await FillAsync(gateway, 300);
        (await LogVerb.RunAsync(["export", "--tiles", Archive, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);
        var bundle = Path.Combine(Archive, TiledResource.Entries(0).Path);
        var bytes = await File.ReadAllBytesAsync(bundle, Cancellation);
        bytes[100] ^= 1;
        await File.WriteAllBytesAsync(bundle, bytes, Cancellation);

        (await LogVerb.RunAsync(["archive", "--before", Future, Archive, .. Staff(gateway)])).ShouldBe(ExitCode.CheckFailed);

        gateway.Services.GetRequiredService<SqliteDisclosureLog>().MinimumIndex.ShouldBe(0);
        (await ReadAsync(gateway, 0)).Index.ShouldBe(0);
    }

    [Fact]
    public async Task Archive_OfWhatIsYoung_PrunesNothing()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        await FillAsync(gateway, 300);

        (await LogVerb.RunAsync(["archive", "--before", "1d", Archive, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);

        gateway.Services.GetRequiredService<SqliteDisclosureLog>().MinimumIndex.ShouldBe(0);
        File.Exists(Path.Combine(Archive, "checkpoint")).ShouldBeTrue();
    }

    [Fact]
    public async Task Prune_WithoutRightOrProof_IsRefused()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        await FillAsync(gateway, 300);
        (await LogVerb.RunAsync(["archive", "--before", Future, Archive, .. Staff(gateway, "security-analyst")])).ShouldBe(ExitCode.Refused);
        using var channel = gateway.AsStaff("privacy-officer");
        var service = new ArchiveService.ArchiveServiceClient(channel);
        var signed = gateway.Services.GetRequiredService<CheckpointFeed>().Latest!;
        using var stranger = Ed25519Signer.Generate(signed.Checkpoint.Origin, NoteVerifier.Ed25519, TimeProvider.System);
        var forged = SignedNote.Sign(signed.Note.Text, [stranger]);

        await RefusedAsync(new PruneEntriesRequest { NewMinimumIndex = 256, Reason = "x", Checkpoint = ByteString.CopyFrom(forged.ToBytes()) });
        await RefusedAsync(new PruneEntriesRequest { NewMinimumIndex = 256, Reason = "x" });
        await RefusedAsync(new PruneEntriesRequest { NewMinimumIndex = 255, Reason = "x", Checkpoint = ByteString.CopyFrom(signed.Note.ToBytes()) });
        await RefusedAsync(new PruneEntriesRequest { NewMinimumIndex = 512, Reason = "x", Checkpoint = ByteString.CopyFrom(signed.Note.ToBytes()) });
        await RefusedAsync(new PruneEntriesRequest { NewMinimumIndex = 256, Checkpoint = ByteString.CopyFrom(signed.Note.ToBytes()) });
        gateway.Services.GetRequiredService<SqliteDisclosureLog>().MinimumIndex.ShouldBe(0);

        async Task RefusedAsync(PruneEntriesRequest request) =>
            (await Should.ThrowAsync<RpcException>(async () => await service.PruneEntriesAsync(request, cancellationToken: Cancellation)))
                .StatusCode.ShouldBe(StatusCode.InvalidArgument);
    }

    [Fact]
    public async Task Prune_OfWhatTheSecondPlaceLacks_IsRefused()
    {
        var mirror = _folder.CreateSubdirectory("mirror");
        await using var gateway = await RunningGateway.StartAsync(_settings with { LogMirror = mirror }, TimeProvider.System);
        await FillAsync(gateway, 200);
        var copying = gateway.Services.GetRequiredService<LogMirror>();
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(copying.Copied >= 200));
        mirror.Delete(recursive: true);
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(copying.Trouble is not null));
        await FillAsync(gateway, 400);
        using var channel = gateway.AsStaff("privacy-officer");
        var service = new ArchiveService.ArchiveServiceClient(channel);
        var signed = gateway.Services.GetRequiredService<CheckpointFeed>().Latest!;

        var plan = await service.PlanPruneAsync(
            new PlanPruneRequest { Before = Timestamp.FromDateTimeOffset(DateTimeOffset.MaxValue) }, cancellationToken: Cancellation);
        var refused = await Should.ThrowAsync<RpcException>(async () => await service.PruneEntriesAsync(
            new PruneEntriesRequest { NewMinimumIndex = 256, Reason = "x", Checkpoint = ByteString.CopyFrom(signed.Note.ToBytes()) }, cancellationToken: Cancellation));

        plan.NewMinimumIndex.ShouldBe(0);
        refused.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        refused.Status.Detail.ShouldContain("second place");
        gateway.Services.GetRequiredService<SqliteDisclosureLog>().MinimumIndex.ShouldBe(0);
        (await QueryAsync(gateway, new EntryFilter { Action = LogGap.Archive })).Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Hold_OnACustomerOfPrunedEntries_Stands()
    {
        await using var gateway = await RunningGateway.StartAsync(_settings, TimeProvider.System);
        using var partner = gateway.As("northgate-warehouse");
        var order = ShopViews.OpenOrders(_settings, 1)[0];
        await partner.GetShipment(order);
        var customer = ShopViews.Subjects(_settings)[("gateway.fulfilment.v1.Shipment", order)];
        using var channel = gateway.AsStaff("privacy-officer");
        var erasure = new Protos.Admin.V1.ErasureService.ErasureServiceClient(channel);
        await erasure.HoldSubjectAsync(new HoldSubjectRequest { SubjectId = customer, Reason = "court order" }, cancellationToken: Cancellation);
        await FillAsync(gateway, 300);

        (await LogVerb.RunAsync(["archive", "--before", Future, Archive, .. Staff(gateway)])).ShouldBe(ExitCode.Ok);

        gateway.Services.GetRequiredService<SqliteDisclosureLog>().MinimumIndex.ShouldBe(256);
        var refused = await Should.ThrowAsync<RpcException>(async () => await erasure.ForgetSubjectAsync(
            new ForgetSubjectRequest { SubjectId = customer, Reason = "asked to" }, cancellationToken: Cancellation));
        refused.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
    }

    [Fact]
    public async Task Ready_WithEntriesPastTheirTime_IsDegradedAndNamesTheCommand()
    {
        var clock = new ShiftedClock();
        await using var gateway = await RunningGateway.StartAsync(_settings, clock);
        using var http = new HttpClient();
        var ready = new Uri($"http://127.0.0.1:{gateway.Local}/readyz");

        (await http.GetStringAsync(ready, Cancellation)).ShouldNotContain("gateway log archive");
        clock.PutForward(TimeSpan.FromDays(14 * 31));

        using var late = await http.GetAsync(ready, Cancellation);
        late.StatusCode.ShouldBe(HttpStatusCode.OK);
        var told = JsonNode.Parse(await late.Content.ReadAsStringAsync(Cancellation))!.ToJsonString();
        told.ShouldContain("13 months are kept: gateway log archive --before");
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("120", 120)]
    [InlineData(null, 13)]
    public void Retention_InMonths_IsRead(string? months, int expected) => ReadRetention(months).ShouldBe(expected);

    [Theory]
    [InlineData("0")]
    [InlineData("121")]
    [InlineData("13 months")]
    [InlineData("-1")]
    public void Retention_OutsideItsRange_IsRefused(string months) =>
        Should.Throw<InvalidSettingsException>(() => ReadRetention(months)).Message.ShouldContain("Gateway__Log__Retention");

    private int ReadRetention(string? months)
    {
        var variables = ServeProcess.Variables(_settings);
        variables["Gateway__Log__Retention"] = months;
        var values = variables.Where(v => v.Value is not null).ToDictionary(v => v.Key.Replace("__", ":", StringComparison.Ordinal), v => v.Value, StringComparer.Ordinal);
        return SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build()).LogRetentionMonths;
    }

    /// <summary>Entries until a checkpoint covers at least so many.</summary>
    private static async Task FillAsync(RunningGateway gateway, int count)
    {
        var acts = gateway.Services.GetRequiredService<AdministrationLog>();
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ => acts.RecordAsync(new Entry.Types.Administration { Actor = "gateway", Action = "test" }).AsTask()));
        await gateway.Services.GetRequiredService<CheckpointFeed>().AfterAsync(count - 1, Cancellation).AsTask().WaitAsync(PartnerAsks.Patience, Cancellation);
    }

    private static async Task<StoredLeaf> ReadAsync(RunningGateway gateway, long from) =>
        (await gateway.Services.GetRequiredService<ILogReader>().ReadAsync(from, 1, Cancellation))[0];

    private static async Task<QueryEntriesResponse> QueryAsync(RunningGateway gateway, EntryFilter filter)
    {
        using var channel = gateway.AsStaff("security-analyst");
        return await new Protos.Admin.V1.DisclosureLogService.DisclosureLogServiceClient(channel).QueryEntriesAsync(
            new QueryEntriesRequest { Filter = filter }, cancellationToken: Cancellation);
    }

    private static string[] Staff(RunningGateway gateway, string person = "privacy-officer") =>
        ["--certs", gateway.Settings.Certificates.FullName, "--gateway", $"localhost:{gateway.Staff}", "--as", person];
}
