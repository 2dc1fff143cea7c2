using System.Globalization;
using Gateway.Configuration;
using Gateway.Core.Log.Notes;
using Gateway.Demo.Shop;
using Gateway.Stores.Notes;
using Gateway.Tests.Running;
using Gateway.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Witness;

/// <summary>A whole gateway and its witnesses, each of which can be stopped and started again.</summary>
internal sealed class WitnessedGateway : IAsyncDisposable
{
    private readonly List<RunningWitness> _witnesses = [];
    private readonly RunningGateway?[] _running = new RunningGateway?[1];
    private NoteVerifier? _log;

    public GatewaySettings Settings { get; private set; } = RunningGateway.Prepare();

    public CapturedLogs Lines { get; } = new();

    public CapturedLogs WitnessLines { get; } = new();

    public ShiftedClock Clock { get; } = new();

    public RunningGateway Gateway => _running[0] ?? throw new InvalidOperationException("It does not run.");

    public IReadOnlyList<RunningWitness> Witnesses => _witnesses;

    public CheckpointFeed Feed => Gateway.Services.GetRequiredService<CheckpointFeed>();

    /// <summary>Starts the witnesses, which know the log's key, and the gateway, which knows theirs.</summary>
    public async Task StartAsync(int witnesses = 1, TimeSpan? required = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Settings.Data.LogKey)!);
        _log = new LogKeyFile(Settings.Data.LogKey, Settings.Data.LogVerifierKeys)
            .OpenOrCreate(Settings.LogOrigin, signedBefore: null, TimeProvider.System).Verifiers[0];
        for (var i = 0; i < witnesses; i++)
        {
            _witnesses.Add(await RunningWitness.StartAsync(FolderOf(i), [_log], WitnessLines, name: NameOf(i)));
        }

        Settings = Settings with
        {
            Witnesses = [.. _witnesses.Select(w => new WitnessSettings(w.Address, w.Key, []))],
            WitnessRequired = required,
        };
        await StartGatewayAsync();
    }

    public async Task StartGatewayAsync() => _running[0] = await RunningGateway.StartAsync(
        Settings, Clock, services => services.AddLogging(logging => logging.AddProvider(Lines).SetMinimumLevel(LogLevel.Debug)));

    public async Task StopGatewayAsync()
    {
        await Gateway.DisposeAsync();
        _running[0] = null;
    }

    public Task StopWitnessAsync(int witness = 0) => _witnesses[witness].DisposeAsync().AsTask();

    public async Task StartWitnessAsync(int witness = 0) => _witnesses[witness] = await RunningWitness.StartAsync(
        FolderOf(witness), [_log!], WitnessLines, _witnesses[witness].Address.Port, name: NameOf(witness));

    /// <summary>What the witness cosigned last, as the gateway keeps it.</summary>
    public PublishedCheckpoint? Kept(int witness = 0) =>
        new CosignedFiles(Settings.Data.Cosigned, [_witnesses[witness].Key]).Read(_witnesses[witness].Key, Settings.LogOrigin!);

    /// <summary>Waits until the witness has cosigned all that is recorded now.</summary>
    public async Task CosignedAsync(int witness = 0)
    {
        var entries = await LoggedEntries.ReadAsync(Settings.Log);
        await PartnerAsks.EventuallyAsync(() => Task.FromResult(Kept(witness)?.Checkpoint.Head.Size >= entries.Count));
    }

    /// <summary>A disclosure; null where it was answered, else the reason of its refusal.</summary>
    public async Task<string?> DiscloseAsync()
    {
        using var channel = Gateway.As("northgate-warehouse");
        return await PartnerAsks.ReasonAsync(channel.GetShipment(DemoShop.SampleOrder.OrderId));
    }

    public async Task<(int Status, string Text)> ReadyAsync()
    {
        using var http = new HttpClient();
        using var ready = await http.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Gateway.Local}/readyz"), TestContext.Current.CancellationToken);
        return ((int)ready.StatusCode, await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        if (_running[0] is { } gateway)
        {
            await gateway.DisposeAsync();
        }

        foreach (var witness in _witnesses)
        {
            await witness.DisposeAsync();
        }

        Directory.Delete(Settings.Data.Root, recursive: true);
    }

    private string FolderOf(int witness) => Path.Combine(Settings.Data.Root, string.Create(CultureInfo.InvariantCulture, $"witness-{witness}"));

    private static string NameOf(int witness) => string.Create(CultureInfo.InvariantCulture, $"auditor.example/w{witness}");
}
