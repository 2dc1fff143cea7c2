using Gateway.Contracts;
using Gateway.Core.Contracts;
using Gateway.Core.Exchange;
using Gateway.Core.Log;
using Gateway.Core.Minimisation;
using Gateway.Core.Permissions;
using Gateway.Core.Sources;
using Gateway.Core.Statistics;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Contracts;

/// <summary>The demo's contracts in a temporary folder, loaded, with a reloader that looks when it is told.</summary>
internal sealed class ReloadScene : IDisposable
{
    private readonly ILoggerFactory _loggers;

    private ReloadScene()
    {
        _loggers = LoggerFactory.Create(b => b.AddProvider(Logs));
        DemoContracts.WriteTo(Folder);
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("gateway-contracts-").FullName;

    public string Folder => Directory.CreateDirectory(Path.Combine(Root, "contracts")).FullName;

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 6, 1, 0, 0, 0, TimeSpan.Zero));

    public CapturedLogs Logs { get; } = new();

    public MemoryLog Log { get; } = new();

    public FakeSource Source { get; } = new();

    public RevisionStore Revisions => new(Path.Combine(Root, "revisions"));

    public LoadedContracts Loaded { get; private set; } = null!;

    public PlanHolder Plans { get; private set; } = null!;

    public StaffHolder Staff { get; private set; } = null!;

    public ContractChangeRecorder Recorder { get; private set; } = null!;

    public AllPreferences Preferences { get; } = new(new NoPreferences(), new NoPreferences());

    public ContractReloader Reloader { get; private set; } = null!;

    public static async Task<ReloadScene> OpenAsync(TimeProvider? reloaderClock = null)
    {
        var scene = new ReloadScene();
        var folder = new ContractFolder(scene.Folder, TimeProvider.System);
        var planner = new Planner(DemoContracts.Catalogue, scene.Source, scene.Preferences, (_, _) => new PseudonymKey(new byte[PseudonymKey.Size]), TimeProvider.System, new NoUsage());
        scene.Loaded = await LoadedContracts.LoadAsync(folder, DemoContracts.Catalogue, scene.Clock, TestContext.Current.CancellationToken);
        scene.Plans = new PlanHolder(planner.Prepare(scene.Loaded.Snapshot), new SnapshotHolder(scene.Loaded.Snapshot));
        scene.Staff = new StaffHolder(scene.Loaded.Staff);
        scene.Recorder = new ContractChangeRecorder(
            scene.Revisions, new AdministrationLog(scene.Log, scene.Clock), DemoContracts.Catalogue, scene.Clock);
        scene.Reloader = new ContractReloader(
            folder, scene.Loaded, DemoContracts.Catalogue, planner, scene.Plans, scene.Staff, scene.Recorder,
            reloaderClock ?? scene.Clock, scene._loggers.CreateLogger<ContractReloader>());
        return scene;
    }

    public void Write(string name, string text) => File.WriteAllText(Path.Combine(Folder, name), text);

    public void Replace(string name, string old, string by)
    {
        var path = Path.Combine(Folder, name);
        var text = File.ReadAllText(path);
        text.ShouldContain(old);
        File.WriteAllText(path, text.Replace(old, by, StringComparison.Ordinal));
    }

    public Task LookAsync() => Reloader.LookAsync(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        Reloader.Dispose();
        _loggers.Dispose();
        Directory.Delete(Root, recursive: true);
    }
}

/// <summary>Nobody ever said anything.</summary>
internal sealed class NoPreferences : IPreferenceStore
{
    public void Prepare()
    {
    }

    public ValueTask<IReadOnlyList<Preference>> ReadAsync(IReadOnlyList<string> subjectIds, CancellationToken cancellationToken) => new([]);

    public ValueTask<IReadOnlyList<PreferenceChange>> ListChangesAsync(PreferenceCursor after, int limit, CancellationToken cancellationToken) => new([]);

    public ValueTask WriteAsync(IReadOnlyList<Preference> preferences, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask ForgetAsync(string subjectId, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

/// <summary>A source that prepares grants and holds nothing; it can be told that a view lacks something.</summary>
internal sealed class FakeSource : IRecordSource
{
    public string? Lacks { get; set; }

    public IGrantReader Prepare(Grant grant) => Lacks is null ? new NoRows() : throw new SourceException(Lacks);

    public ISubjectReader PrepareForSubject(Gateway.Core.Annotations.RecordType record, Gateway.Core.Minimisation.FieldSet fields) => new NoSubject();

    private sealed class NoSubject : ISubjectReader
    {
        public ValueTask<IReadOnlyList<SourceRow>> ListAsync(string subjectId, int limit, CancellationToken cancellationToken) => new([]);
    }

    private sealed class NoRows : IGrantReader
    {
        public ValueTask<SourceRow?> GetAsync(Gateway.Core.Annotations.Leaf key, string value, DateTimeOffset now, CancellationToken cancellationToken) => new((SourceRow?)null);

        public ValueTask<IReadOnlyList<SourceRow>> BatchGetAsync(IReadOnlyList<string> keys, DateTimeOffset now, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<SourceRow>> ListAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<SourceRow>> ListOpenOfSubjectAsync(
            string subjectId, Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<SourceRow>> ListOpenAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<Departure>> ListDeparturesAsync(Cursor after, int limit, DateTimeOffset now, CancellationToken cancellationToken) => new([]);

        public ValueTask<IReadOnlyList<Departure>> ListExpiredAsync(DateTimeOffset since, DateTimeOffset now, CancellationToken cancellationToken) => new([]);
    }
}

/// <summary>A usage source whose figures nobody asks for here.</summary>
internal sealed class NoUsage : IUsageSource
{
    public IUsageReader Prepare(FigureTerms figure, StatisticsLists lists) => new NoReader();

    private sealed class NoReader : IUsageReader
    {
        public ValueTask<IReadOnlyList<CellCount>> CountAsync(StatisticsPeriod period, CancellationToken cancellationToken) => new([]);
    }
}
