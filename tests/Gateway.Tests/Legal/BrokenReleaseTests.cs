using System.Globalization;
using Gateway.Configuration;
using Gateway.Core.Legal;
using Gateway.Core.Log;
using Gateway.Core.Sources;
using Gateway.Protos.Admin.V1;
using Gateway.Stores.Sqlite.Legal;
using Gateway.Stores.Sqlite.Log;
using Gateway.Stores.Sqlite.Source;
using Gateway.Tests.FailClosed;
using Gateway.Tests.Running;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Legal;

/// <summary>Each part of a release, broken: nothing leaves that is not recorded, and what is recorded and did not leave is told apart.</summary>
public sealed class BrokenReleaseTests : IDisposable
{
    private static readonly int s_kills = int.Parse(Environment.GetEnvironmentVariable("GATEWAY_KILLS") ?? "4", CultureInfo.InvariantCulture);

    private readonly GatewaySettings _settings = RunningGateway.Prepare();
    private readonly SealedFor _court = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _court.Dispose();
        Directory.Delete(_settings.Data.Root, recursive: true);
    }

    [Fact]
    [Row("log gone at a legal release")]
    public async Task Release_LogGone_MakesNoFile()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        File.Delete(_settings.Log);

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable)).ShouldContain("nothing was released");
    }

    [Fact]
    public async Task Release_LogTakesSomeEntriesOnly_MakesNoFileAndTheReportSaysSo()
    {
        FailingLog? log = null;
        await using var scene = await LegalScene.StartAsync(
            _settings, more: services => services.AddSingleton<IDisclosureLog>(p => log = new FailingLog(p.GetRequiredService<SqliteDisclosureLog>())));
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        // The act, the shipments; not the charges.
        log!.Left = 2;

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable)).ShouldContain("nothing was released");

        log.Left = int.MaxValue;
        (await scene.DisclosuresAsync()).Count.ShouldBe(1);
        var report = await ReportAsync(scene);
        report.Disagreements.ShouldBeEmpty();
        report.Notes.ShouldHaveSingleItem().ShouldStartWith("1 entries of the log tell of releases that failed");
        report.Rows.ShouldHaveSingleItem().Releases.ShouldBe(0);
        await scene.ReleaseAsync(legal.Id, _court.Certificate);
        (await ReportAsync(scene)).Rows.ShouldHaveSingleItem().Releases.ShouldBe(1);
    }

    [Fact]
    [Row("legal cases gone while running")]
    public async Task Act_StoreGone_IsNotInForceAndNotRecorded()
    {
        await using var scene = await LegalScene.StartAsync(_settings);
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        var before = (await scene.EntriesAsync()).Count;
        File.Delete(_settings.Data.Cases);

        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable);
        await LegalScene.RefusedAsync(() => scene.OpenAsync(scene.CaseFile()), StatusCode.Unavailable);

        (await scene.EntriesAsync()).Count.ShouldBe(before);
    }

    [Fact]
    public async Task Release_NotKeptAfterItWasRecorded_MakesNoFile()
    {
        FailingStore? store = null;
        await using var scene = await LegalScene.StartAsync(
            _settings, more: services => services.AddSingleton<ICaseStore>(_ => store = new FailingStore(_settings.Data.Cases)));
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        store!.Fails = true;

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable)).ShouldContain("nothing was released");

        (await scene.DisclosuresAsync()).Count.ShouldBe(2, "over-recorded, never under");
        var shown = await scene.Counsel.GetCaseAsync(new GetCaseRequest { CaseId = legal.Id }, cancellationToken: Cancellation);
        shown.Case.Releases.ShouldBeEmpty();
    }

    [Fact]
    [Row("source gone at a legal release")]
    public async Task Release_SourceFails_MakesNoFileAndNoEntry()
    {
        SourceProxy? source = null;
        await using var scene = await LegalScene.StartAsync(_settings, more: services => services.AddSingleton<IRecordSource>(
            p => source = new SourceProxy(new SqliteRecordSource(_settings.Source, p.GetRequiredService<TimeProvider>()))));
        var legal = await scene.ApprovedAsync(scene.CaseFile());
        source!.Before = _ => throw new SourceException("the view is gone");

        (await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable)).ShouldContain("nothing was released");

        (await scene.DisclosuresAsync()).ShouldBeEmpty();
        source.Before = _ => Task.CompletedTask;
        source.Exchange = row => row with { OpenedAt = null };
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable);
        source.Exchange = row => row with { SubjectId = "C-1" };
        await LegalScene.RefusedAsync(() => scene.ReleaseAsync(legal.Id, _court.Certificate), StatusCode.Unavailable);
        (await scene.DisclosuresAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Kill_WhileReleasing_LeavesNoFileWithoutItsEntries()
    {
        string id;
        await using (var scene = await LegalScene.StartAsync(_settings))
        {
            id = (await scene.ApprovedAsync(scene.CaseFile())).Id;
        }

        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var kill = 0; kill < s_kills; kill++)
        {
            List<string> received;
            await using (var gateway = ServeProcess.Start(ServeProcess.Variables(_settings)))
            {
                await gateway.ListeningAsync();
                using var channel = gateway.AsStaff(_settings, "legal-counsel");
                var client = new LegalService.LegalServiceClient(channel);
                // The first answer of a method takes its time; the ones that are cut short do not.
                received = [.. await ReleaseAsync(client, id)];
                var releasing = ReleaseUntilGoneAsync(client, id, received);
                await Task.Delay(random.Next(150), Cancellation);
                await gateway.KillAsync();
                await Should.ThrowAsync<RpcException>(() => releasing);
            }

            await using var scene = await LegalScene.StartAsync(_settings);
            var recorded = (await scene.DisclosuresAsync()).Select(e => e.Id()).ToHashSet(StringComparer.Ordinal);
            received.ShouldNotBeEmpty();
            received.Except(recorded, StringComparer.Ordinal).ShouldBeEmpty($"kill {kill + 1}, seed {seed}");
            (await ReportAsync(scene)).Disagreements.ShouldBeEmpty($"kill {kill + 1}, seed {seed}");
        }
    }

    private static async Task ReleaseUntilGoneAsync(LegalService.LegalServiceClient client, string id, List<string> received)
    {
        while (true)
        {
            received.AddRange(await ReleaseAsync(client, id));
        }
    }

    // Receipts of what arrived, were it only the first byte of a file.
    private static async Task<IReadOnlyList<string>> ReleaseAsync(LegalService.LegalServiceClient client, string id)
    {
        using var call = client.Release(new ReleaseRequest { CaseId = id, Certificate = ByteString.Empty }, cancellationToken: Cancellation);
        await call.ResponseStream.MoveNext(Cancellation);
        return call.ResponseStream.Current.Summary.Release.Receipts;
    }

    private static async Task<GetLegalReportResponse> ReportAsync(LegalScene scene) => await scene.Counsel.GetLegalReportAsync(
        new GetLegalReportRequest { Year = scene.Clock.GetUtcNow().Year }, cancellationToken: Cancellation);

    private sealed class FailingLog(IDisclosureLog inner) : IDisclosureLog
    {
        /// <summary>Entries that it takes still.</summary>
        public int Left { get; set; } = int.MaxValue;

        public ValueTask AppendAsync(ReadOnlyMemory<byte> leaf, StoredScope? scope) =>
            Left-- > 0 ? inner.AppendAsync(leaf, scope) : throw new LogUnavailableException("the disk is full");

        public ValueTask AppendRefusalsAsync(ReadOnlyMemory<byte> leaf) => inner.AppendRefusalsAsync(leaf);
    }

    private sealed class FailingStore(string path) : ICaseStore, IDisposable
    {
        private readonly SqliteCaseStore _inner = new(path);

        public bool Fails { get; set; }

        public IReadOnlyList<CaseAct> Load() => _inner.Load();

        public IReadOnlyDictionary<string, int> CountBegun() => _inner.CountBegun();

        public long Begin(CaseAct act) => _inner.Begin(act);

        public void Finish(long begun, CaseAct act)
        {
            if (Fails)
            {
                throw new CasesUnavailableException("the disk is full");
            }

            _inner.Finish(begun, act);
        }

        public void Dispose() => _inner.Dispose();
    }
}
